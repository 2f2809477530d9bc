public import Field

/// Hashes of indexed leaves («note 01 §7»). Mind that the two order their pointers differently.
public enum IndexedLeaf {
    public static func nullifier(_ nullifier: Fr, nextNullifier: Fr, nextIndex: UInt64) -> Fr {
        Poseidon2.hashTriple(nullifier, nextNullifier, Fr(nextIndex))
    }

    public static func publicData(slot: Fr, value: Fr, nextIndex: UInt64, nextSlot: Fr) -> Fr {
        Poseidon2.hashQuad(slot, value, Fr(nextIndex), nextSlot)
    }

    /// Leaf of the protocol contract tree: the next index is not hashed.
    public static func protocolContract(_ address: Fr, nextAddress: Fr) -> Fr { Poseidon2.hashPair(address, nextAddress) }
}
