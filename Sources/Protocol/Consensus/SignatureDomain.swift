/// What a signature over a consensus payload is for; the first word of the signed bytes (note 02 §9).
public enum SignatureDomain: UInt8, Hashable, Sendable {
    case blockProposal = 0
    case blockAttestation = 1
}
