import Bytes
import Field
import Hashing

extension ConsensusPayload {
    /// `abi.encode(uint8 domain, (bytes32 archive, bytes stateReference, (uint256 0), bytes32 headerHash, bytes32[] txHashes))`
    /// (note 02 §9). The block number is not in it.
    public func payloadToSign(_ domain: SignatureDomain) -> [UInt8] {
        let state = stateReference.serialized
        let paddedState = (state.count + 31) / 32 * 32
        var writer = ByteWriter(reserving: 9 * 32 + paddedState + 32 * txHashes.count)
        func word(_ value: Int) -> Fr { Fr(UInt64(value)) }
        word(Int(domain.rawValue)).write(to: &writer)
        // Offset of the tuple, then its head: five words, two of them offsets into its tail.
        word(64).write(to: &writer)
        archive.write(to: &writer)
        word(5 * 32).write(to: &writer)
        Fr.zero.write(to: &writer)
        header.hash().write(to: &writer)
        word(5 * 32 + 32 + paddedState).write(to: &writer)
        word(state.count).write(to: &writer)
        writer.write(state)
        writer.writeZeros(paddedState - state.count)
        word(txHashes.count).write(to: &writer)
        for hash in txHashes { hash.write(to: &writer) }
        return writer.bytes
    }

    /// Keccak-256 of the payload to sign.
    public func hash(_ domain: SignatureDomain) -> Bytes32 { Bytes32.keccak(payloadToSign(domain)) }

    /// What the signature is really over: the hash behind the prefix of personal messages.
    public func ethSignedMessageHash(_ domain: SignatureDomain) -> Bytes32 {
        Bytes32.keccak(Array("\u{19}Ethereum Signed Message:\n32".utf8) + hash(domain).bytes)
    }
}

extension Bytes32 {
    /// Keccak-256 of `bytes`.
    public static func keccak(_ bytes: some Collection<UInt8>) -> Bytes32 {
        guard let hash = Bytes32(Keccak256.hash(bytes)) else { preconditionFailure("a hash is 32 bytes") }
        return hash
    }
}
