public import Signatures

extension Signature {
    /// Address of the key that signed `digest`; nil when the signature recovers to nobody. v may be 0, 1, 27 or 28.
    public func recoverSigner(of digest: Bytes32) -> EthAddress? {
        guard let address = try? Secp256k1.recoverAddress(digest: digest.bytes, r: r.bytes, s: s.bytes, v: UInt64(v)) else { return nil }
        return EthAddress(address)
    }
}

extension Signature {
    /// A signature as the signer makes it.
    public init(_ signature: Secp256k1.Signature) {
        guard let r = Bytes32(signature.r), let s = Bytes32(signature.s) else { preconditionFailure("r and s are 32 bytes") }
        self.init(r: r, s: s, v: UInt32(signature.v))
    }
}
