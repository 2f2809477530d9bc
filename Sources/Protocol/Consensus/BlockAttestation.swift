public import Bytes
public import Field
public import JSON

/// A validator's word that it saw and checked a proposed block: 628 bytes and 32 a tx.
public struct BlockAttestation: Hashable, Sendable, BinaryCodable {
    public var blockNumber: Fr
    public var payload: ConsensusPayload
    public var signature: Signature

    public init(blockNumber: Fr, payload: ConsensusPayload, signature: Signature) {
        self.blockNumber = blockNumber
        self.payload = payload
        self.signature = signature
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        blockNumber = try Fr(from: &reader)
        payload = try ConsensusPayload(from: &reader)
        signature = try Signature(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        blockNumber.write(to: &writer)
        payload.write(to: &writer)
        signature.write(to: &writer)
    }

    public var archive: Fr { payload.archive }
    public var slotNumber: Fr { payload.header.slotNumber }
    /// Bytes of the binary form.
    public var size: Int { 32 + payload.size + Signature.byteCount }

    /// Who signed; nil when the signature recovers to nobody. Costs one public key recovery.
    public func sender() -> EthAddress? { signature.recoverSigner(of: payload.ethSignedMessageHash(.blockAttestation)) }

    /// Gossip id: Keccak-256 of the 68 bytes of the signature.
    public var messageIdentifier: Bytes32 { Bytes32.keccak(signature.serialized) }
}

extension BlockAttestation: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { write(to: &writer, printingSize: false) }

    /// `sender` and `messageIdentifier` are members the reference adds once it has worked them out, like the payload's size.
    public func write(to writer: inout JSONWriter, printingSize: Bool, sender: EthAddress? = nil, messageIdentifier: Bytes32? = nil) {
        writer.beginObject()
        if let messageIdentifier { writer.member("cachedId", messageIdentifier.hex) }
        writer.member("blockNumber", blockNumber)
        writer.key("payload")
        payload.write(to: &writer, printingSize: printingSize)
        writer.member("signature", signature)
        writer.member("sender", ifPresent: sender)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        blockNumber = try json.decode("blockNumber")
        payload = try json.decode("payload")
        signature = try json.decode("signature")
    }
}
