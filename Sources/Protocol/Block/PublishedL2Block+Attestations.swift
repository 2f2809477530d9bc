extension L2Block {
    /// What the committee signs for this block; nil when the header's timestamp does not fit 64 bits.
    public var consensusPayload: ConsensusPayload? {
        header.proposed.map {
            ConsensusPayload(header: $0, archive: archive.root, stateReference: header.state, txHashes: body.txEffects.map(\.txHash))
        }
    }
}

extension PublishedL2Block {
    /// Who signed, by place in the committee; nil for a member that did not sign or whose signature recovers to
    /// nobody. Costs one public key recovery a signature.
    public func signers() -> [EthAddress?] {
        guard let digest = block.consensusPayload?.ethSignedMessageHash(.blockAttestation) else { return signatures.map { _ in nil } }
        return signatures.map { $0.isEmpty ? nil : $0.recoverSigner(of: digest) }
    }
}
