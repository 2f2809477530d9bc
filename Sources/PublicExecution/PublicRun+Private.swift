import AVM
import Field
import Protocol

// Side effects that private execution left («note 03 §11», 1 and 3).
extension PublicRun {
    func insertNonRevertible() throws(AVMFault) {
        let effects = parts.nonRevertibleAccumulatedData
        for nullifier in effects.nullifiers.nonEmpty {
            switch try journal.insert(nullifier: nullifier) {
            case .inserted: break
            case .exists:
                throw .fatal("Nullifier collision encountered when inserting non-revertible nullifiers from private.\nDetails: \(Self.collision(nullifier))")
            case .limitReached: throw .fatal(SideEffectLimit.nullifiers)
            }
        }
        let noteHashes = effects.noteHashes.nonEmpty
        try requireRoom(forNoteHashes: noteHashes.count)
        journal.noteHashes += noteHashes
        try append(effects.l2ToL1Msgs.nonEmpty)
        try journal.add(classLogs, revertible: false, privateLogs: effects.privateLogs.items)
        journal.nonRevertibleContracts = journal.contracts.published
    }

    /// Returns whether the app logic may run: not after a collision, which leaves what was inserted before it.
    mutating func insertRevertible() throws(AVMFault) -> Bool {
        let effects = parts.revertibleAccumulatedData
        for nullifier in effects.nullifiers.nonEmpty {
            switch try journal.insert(nullifier: nullifier) {
            case .inserted: break
            case .exists:
                try revert(.appLogic, SimulationError(
                    originalMessage: "Nullifier collision encountered when inserting revertible nullifiers from private\nDetails: \(Self.collision(nullifier))",
                    functionErrorStack: []))
                return false
            case .limitReached: throw .fatal(SideEffectLimit.nullifiers)
            }
        }
        let noteHashes = effects.noteHashes.nonEmpty
        try requireRoom(forNoteHashes: noteHashes.count)
        journal.noteHashes += SiloedHashes.unique(noteHashes, firstNullifier: journal.firstNullifier, index: journal.noteHashes.count)
        try append(effects.l2ToL1Msgs.nonEmpty)
        try journal.add(classLogs, revertible: true, privateLogs: effects.privateLogs.items)
        return true
    }

    private static func collision(_ nullifier: Fr) -> String { "Siloed nullifier \(nullifier) already exists in parent cache or host." }

    private func requireRoom(forNoteHashes count: Int) throws(AVMFault) {
        guard journal.noteHashes.count + count <= ProtocolConstants.maxNoteHashesPerTx else { throw .fatal(SideEffectLimit.noteHashes) }
    }

    /// Counters are not kept.
    private func append(_ messages: [ScopedL2ToL1Message]) throws(AVMFault) {
        guard journal.messages.count + messages.count <= ProtocolConstants.maxL2ToL1MessagesPerTx else { throw .fatal(SideEffectLimit.messages) }
        for var message in messages {
            message.message.counter = 0
            journal.messages.append(message)
        }
    }
}
