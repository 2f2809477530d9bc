import Field
import Hashing
import Protocol

/// Committees and proposers as the rollup contract chooses them (note 05 §3).
public enum ProposerSelection {
    /// Words that are hashed to choose a slot's proposer.
    public static func encoding(epoch: UInt256, slot: UInt256, seed: UInt256) -> [UInt8] { epoch.bytes + slot.bytes + seed.bytes }

    /// Seat of the proposer; nil for an empty committee, in which anyone may propose.
    public static func index(epoch: UInt256, slot: UInt256, seed: UInt256, committeeSize: UInt64) -> UInt64? {
        guard committeeSize > 0, let hash = UInt256(bytes: Keccak256.hash(encoding(epoch: epoch, slot: slot, seed: seed))) else { return nil }
        return hash.remainder(dividingBy: committeeSize)
    }

    /// Positions in the validator set that form the committee: `size` of `count`, in order of drawing. Each call begins
    /// with clean overrides, as a transaction of its own does.
    public static func sample(_ size: Int, of count: Int, seed: UInt256) -> [Int] {
        guard size > 0, count > 0 else { return [] }
        guard count > size else { return Array(0..<count) }
        var upper = count - 1
        var overrides: [Int: Int] = [:]
        // An override of zero reads as none, as the contract's storage does.
        func value(_ index: Int) -> Int { overrides[index].flatMap { $0 == 0 ? nil : $0 } ?? index }
        return (0..<size).map { draw in
            guard let hash = UInt256(bytes: Keccak256.hash(seed.bytes + UInt256(UInt64(draw)).bytes)) else { preconditionFailure("a hash is 32 bytes") }
            let drawn = upper == 0 ? 0 : Int(hash.remainder(dividingBy: UInt64(upper)))
            let member = value(drawn)
            if upper > 0 {
                overrides[drawn] = value(upper)
                upper -= 1
            }
            return member
        }
    }

    /// Seed that a block with this prevrandao fixes for an epoch: low 224 bits of the hash.
    public static func seed(epoch: UInt64, prevrandao: UInt256) -> UInt256 {
        var hash = Keccak256.hash(UInt256(epoch).bytes + prevrandao.bytes)
        for index in 0..<4 { hash[index] = 0 }
        return UInt256(bytes: hash) ?? 0
    }
}

/// The version number that a rollup derives from what it was deployed with.
public enum RollupVersion {
    public static func compute(chainID: UInt64, rollup: EthAddress, vkTreeRoot: Fr, protocolContractTreeRoot: Fr, genesisArchiveRoot: Fr) -> UInt32 {
        let types: [ABIType] = [.bytes, .uint(bits: 256), .address, .fixedBytes(32), .fixedBytes(32), .fixedBytes(32)]
        let values: [ABIValue] = [
            .bytes(Array("aztec_rollup".utf8)), .integer(UInt256(chainID)), .bytes(rollup.bytes), .bytes(vkTreeRoot.bytes),
            .bytes(protocolContractTreeRoot.bytes), .bytes(genesisArchiveRoot.bytes),
        ]
        guard let encoded = ABIEncoder.encode(values, as: types) else { preconditionFailure("the values have these types") }
        return Keccak256.hash(encoded).suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
