package import AVM
package import Field
package import Protocol

extension TxJournal: AVMHost {
    // MARK: Public data

    package func readStorage(_ contract: AztecAddress, slot: Fr) throws(AVMFault) -> Fr { try value(hashes.leafSlot(contract, slot)) }

    package func writeStorage(_ contract: AztecAddress, slot: Fr, value: Fr) throws(AVMFault) {
        guard writeCount.total < ProtocolConstants.maxPublicDataUpdateRequestsPerTx else { throw .halt(HaltReason(SideEffectLimit.writes)) }
        writeCount.own += 1
        write(hashes.leafSlot(contract, slot), value)
        // Updates of contracts lie in the deployer's storage.
        if !checkedInstances.isEmpty, contract == ProtocolContracts.instanceDeployer { forgetInstanceChecks() }
    }

    // MARK: Note hashes, nullifiers, messages

    package func noteHashExists(_ noteHash: Fr, at index: UInt64) throws(AVMFault) -> Bool {
        // The tree looks at as many bits as it is high («note 03 §7.2», 6).
        try self.noteHash(at: index & Self.noteHashIndexMask) == noteHash
    }

    private static let noteHashIndexMask = (UInt64(1) << UInt64(ProtocolConstants.noteHashTreeHeight)) - 1
    private static let messageIndexMask = (UInt64(1) << UInt64(ProtocolConstants.l1ToL2MessageTreeHeight)) - 1

    package func emitNoteHash(_ contract: AztecAddress, _ noteHash: Fr) throws(AVMFault) {
        guard noteHashes.count < ProtocolConstants.maxNoteHashesPerTx else { throw .halt(HaltReason(SideEffectLimit.noteHashes)) }
        noteHashes.append(SiloedHashes.unique(
            SiloedHashes.noteHash(contract, noteHash), firstNullifier: firstNullifier, index: noteHashes.count))
    }

    package func nullifierExists(_ contract: AztecAddress, _ nullifier: Fr) throws(AVMFault) -> Bool {
        try hasNullifier(hashes.nullifier(contract, nullifier))
    }

    package func emitNullifier(_ contract: AztecAddress, _ nullifier: Fr) throws(AVMFault) {
        switch try insert(nullifier: hashes.nullifier(contract, nullifier)) {
        case .inserted: break
        case .exists:
            throw .halt(HaltReason("Attempted to emit duplicate nullifier \(nullifier) (contract address: \(contract))."))
        case .limitReached: throw .halt(HaltReason(SideEffectLimit.nullifiers))
        }
    }

    package func l1ToL2MessageExists(_ hash: Fr, at index: UInt64) throws(AVMFault) -> Bool {
        try ask { () throws(StateUnavailable) in try base.l1ToL2Message(at: index & Self.messageIndexMask) } == hash
    }

    package func sendL2ToL1Message(_ contract: AztecAddress, recipient: EthAddress, content: Fr) throws(AVMFault) {
        guard messages.count < ProtocolConstants.maxL2ToL1MessagesPerTx else { throw .halt(HaltReason(SideEffectLimit.messages)) }
        messages.append(ScopedL2ToL1Message(
            message: L2ToL1Message(recipient: recipient, content: content, counter: 0), contractAddress: contract))
    }

    // MARK: Public logs

    package func requirePublicLogRoom() throws(AVMFault) {
        guard publicLogs.count < ProtocolConstants.maxPublicLogsPerTx else { throw .halt(HaltReason(SideEffectLimit.publicLogs)) }
    }

    package func emitPublicLog(_ contract: AztecAddress, _ fields: [Fr]) throws(AVMFault) {
        try requirePublicLogRoom()
        publicLogs.append(PublicLog(contractAddress: contract, emitted: fields))
    }
}
