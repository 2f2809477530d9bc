public import Bytes
public import Field

/// A leader's offer of a block: the payload it signed and, when the network publishes full txs, the txs. It has no
/// JSON form.
public struct BlockProposal: Hashable, Sendable, BinaryCodable {
    public var blockNumber: Fr
    public var payload: ConsensusPayload
    public var signature: Signature
    /// nil when the proposal carries hashes only, which differs from an empty list.
    public var txs: [Tx]?

    public init(blockNumber: Fr, payload: ConsensusPayload, signature: Signature, txs: [Tx]?) {
        self.blockNumber = blockNumber
        self.payload = payload
        self.signature = signature
        self.txs = txs
    }

    /// Bytes behind the signature are a counted list of txs; none means no list.
    public init(from reader: inout ByteReader) throws(DecodingError) {
        blockNumber = try Fr(from: &reader)
        payload = try ConsensusPayload(from: &reader)
        signature = try Signature(from: &reader)
        guard !reader.isAtEnd else { return }
        let count = try reader.readCount(maximum: Int(UInt32.max), minimumElementBytes: Tx.minimumByteCount, "tx count")
        var txs: [Tx] = []
        txs.reserveCapacity(count)
        for _ in 0..<count { txs.append(try Tx(from: &reader)) }
        self.txs = txs
    }

    public func write(to writer: inout ByteWriter) {
        blockNumber.write(to: &writer)
        payload.write(to: &writer)
        signature.write(to: &writer)
        guard let txs else { return }
        writer.write(UInt32(txs.count))
        for tx in txs { tx.write(to: &writer) }
    }

    public var archive: Fr { payload.archive }
    public var slotNumber: Fr { payload.header.slotNumber }

    /// The reference's size, with the estimated size of txs and without their count.
    public var size: Int { 32 + payload.size + Signature.byteCount + (txs ?? []).reduce(0) { $0 + $1.size } }

    /// Who signed; nil when the signature recovers to nobody. Costs one public key recovery.
    public func sender() -> EthAddress? { signature.recoverSigner(of: payload.ethSignedMessageHash(.blockProposal)) }

    /// Gossip id: Keccak-256 of the 68 bytes of the signature.
    public var messageIdentifier: Bytes32 { Bytes32.keccak(signature.serialized) }
}
