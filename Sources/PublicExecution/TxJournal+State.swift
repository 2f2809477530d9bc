import AVM
import Field
package import Protocol

// Tree keys and leaves, below siloing.
extension TxJournal {
    func value(_ leafSlot: Fr) throws(AVMFault) -> Fr {
        if let own = publicData[leafSlot] { return own }
        if let known = readSet.publicData[leafSlot] { return known }
        let value = try ask { () throws(StateUnavailable) in try base.publicData(leafSlot) }
        readSet.publicData[leafSlot] = value
        return value
    }

    /// A write outside of all counts.
    func write(_ leafSlot: Fr, _ value: Fr) {
        let previous = publicData.updateValue(value, forKey: leafSlot)
        writes.append(Write(leafSlot: leafSlot, value: value, previous: previous))
    }

    func hasNullifier(_ nullifier: Fr) throws(AVMFault) -> Bool {
        if nullifierSet.contains(nullifier) { return true }
        return try baseHasNullifier(nullifier)
    }

    func baseHasNullifier(_ nullifier: Fr) throws(AVMFault) -> Bool {
        if let known = readSet.nullifiers[nullifier] { return known }
        let found = try ask { () throws(StateUnavailable) in try base.hasNullifier(nullifier) }
        readSet.nullifiers[nullifier] = found
        return found
    }

    enum NullifierInsertion {
        case inserted
        case exists
        case limitReached
    }

    /// Inserts a siloed nullifier.
    func insert(nullifier: Fr) throws(AVMFault) -> NullifierInsertion {
        if try hasNullifier(nullifier) { return .exists }
        guard nullifiers.count < ProtocolConstants.maxNullifiersPerTx else { return .limitReached }
        nullifierSet.insert(nullifier)
        nullifiers.append(nullifier)
        return .inserted
    }

    /// A leaf of the note hash tree with the transaction's own note hashes behind the base's; nil from the size on.
    func noteHash(at index: UInt64) throws(AVMFault) -> Fr? {
        let count = base.noteHashCount
        if index >= count && !noteHashes.isEmpty {
            // Behind other transactions the same place would mean something else.
            readSet.noteHashCount = count
            let position = index - count
            return position < UInt64(noteHashes.count) ? noteHashes[Int(position)] : nil
        }
        if let known = readSet.noteHashes[index] { return known }
        let leaf = try ask { () throws(StateUnavailable) in try base.noteHash(at: index) }
        readSet.noteHashes.updateValue(leaf, forKey: index)
        return leaf
    }

    /// Each slot once, where it was first written, with its last value.
    package func squashedWrites() -> [PublicDataWrite] {
        var places: [Fr: Int] = [:]
        var squashed: [PublicDataWrite] = []
        for write in writes {
            if let place = places[write.leafSlot] {
                squashed[place].value = write.value
            } else {
                places[write.leafSlot] = squashed.count
                squashed.append(PublicDataWrite(leafSlot: write.leafSlot, value: write.value))
            }
        }
        return squashed
    }
}
