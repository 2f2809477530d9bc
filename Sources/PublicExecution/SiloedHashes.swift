package import Field
import Hashing
package import Protocol

/// Siloed identifiers («note 03 §9.2»). Each costs a permutation and transactions ask for the same ones again and again,
/// so they are kept: within a transaction gas bounds how many there can be, between transactions `trim` does.
package final class SiloedHashes {
    private struct Key: Hashable {
        var contract: Fr
        var item: Fr
    }

    package init() {}

    private var leafSlots: [Key: Fr] = [:]
    private var nullifiers: [Key: Fr] = [:]

    private static let leafSlotSeparator = GeneratorIndex.publicLeafIndex.field
    private static let nullifierSeparator = GeneratorIndex.outerNullifier.field
    private static let noteHashSeparator = GeneratorIndex.siloedNoteHash.field
    private static let nonceSeparator = GeneratorIndex.noteHashNonce.field
    private static let uniqueSeparator = GeneratorIndex.uniqueNoteHash.field

    /// Where the checks of a contract instance look («note 03 §10.2»).
    struct InstanceKeys {
        var deploymentNullifier: Fr
        /// Leaf slots of the update record: metadata, value before, value after, hash.
        var update: (Fr, Fr, Fr, Fr)
    }

    private var instanceKeys: [Fr: InstanceKeys] = [:]

    func instanceKeys(_ address: AztecAddress) -> InstanceKeys {
        if let known = instanceKeys[address.field] { return known }
        let deployer = ProtocolContracts.instanceDeployer.field
        let slot = Siloing.contractUpdateSlot(address.field)
        var inputs = [Self.nullifierSeparator, deployer, address.field]
        for place in 0..<4 as Range<UInt64> { inputs += [Self.leafSlotSeparator, deployer, slot + Fr(place)] }
        let hashed = Poseidon2.hashTriples(inputs)
        let keys = InstanceKeys(deploymentNullifier: hashed[0], update: (hashed[1], hashed[2], hashed[3], hashed[4]))
        instanceKeys[address.field] = keys
        return keys
    }

    /// Forgets all when there are many.
    func trim() {
        if instanceKeys.count > Self.kept { instanceKeys = [:] }
        if leafSlots.count > Self.kept { leafSlots = [:] }
        if nullifiers.count > Self.kept { nullifiers = [:] }
    }

    func forget() {
        leafSlots.removeAll(keepingCapacity: true)
        nullifiers.removeAll(keepingCapacity: true)
    }

    private static let kept = 1 << 14

    package func leafSlot(_ contract: AztecAddress, _ slot: Fr) -> Fr {
        let key = Key(contract: contract.field, item: slot)
        if let known = leafSlots[key] { return known }
        let hash = Poseidon2.hashTriple(Self.leafSlotSeparator, contract.field, slot)
        leafSlots[key] = hash
        return hash
    }

    /// Those of `count` slots one after the other, side by side.
    func leafSlots(_ contract: AztecAddress, from slot: Fr, count: Int) -> [Fr] {
        let slots = (0..<count).map { slot + Fr(UInt64($0)) }
        let known = slots.compactMap { leafSlots[Key(contract: contract.field, item: $0)] }
        if known.count == count { return known }
        let hashes = Poseidon2.hashTriples(slots.flatMap { [Self.leafSlotSeparator, contract.field, $0] })
        for (slot, hash) in zip(slots, hashes) { leafSlots[Key(contract: contract.field, item: slot)] = hash }
        return hashes
    }

    package func nullifier(_ contract: AztecAddress, _ nullifier: Fr) -> Fr {
        let key = Key(contract: contract.field, item: nullifier)
        if let known = nullifiers[key] { return known }
        let hash = Poseidon2.hashTriple(Self.nullifierSeparator, contract.field, nullifier)
        nullifiers[key] = hash
        return hash
    }

    /// The payer's entry in the fee juice contract's map of balances.
    static func balanceSlot(of payer: AztecAddress) -> Fr { Siloing.feePayerBalanceSlot(payer.field) }

    package static func noteHash(_ contract: AztecAddress, _ noteHash: Fr) -> Fr {
        Poseidon2.hashTriple(noteHashSeparator, contract.field, noteHash)
    }

    package static func unique(_ siloedNoteHash: Fr, firstNullifier: Fr, index: Int) -> Fr {
        let nonce = Poseidon2.hashTriple(nonceSeparator, firstNullifier, Fr(UInt64(index)))
        return Poseidon2.hashTriple(uniqueSeparator, nonce, siloedNoteHash)
    }

    /// Several at once, for the vector lanes. `index` is that of the first.
    package static func unique(_ siloedNoteHashes: [Fr], firstNullifier: Fr, index: Int) -> [Fr] {
        let nonces = Poseidon2.hashTriples(siloedNoteHashes.indices.flatMap { [nonceSeparator, firstNullifier, Fr(UInt64(index + $0))] })
        return Poseidon2.hashTriples(zip(nonces, siloedNoteHashes).flatMap { [uniqueSeparator, $0, $1] })
    }
}
