import Bytes
import Field
import JSON
import Protocol
import Storage

/// What the archiver read about the rollup from L1, kept so that readers answer without asking L1 again.
public struct ChainFacts: Hashable, Sendable {
    public var chainID: UInt64
    public var rollupVersion: UInt64
    public var addresses: L1ContractAddresses
    public var l1StartBlock: UInt64
    /// Seconds since 1970.
    public var genesisTime: UInt64
    /// Seconds.
    public var slotDuration: UInt64
    /// Slots.
    public var epochDuration: UInt64
    /// Slots.
    public var proofSubmissionWindow: UInt64
    /// Seconds.
    public var l1SlotDuration: UInt64
    public var genesisArchiveRoot: Fr

    public init(
        chainID: UInt64, rollupVersion: UInt64, addresses: L1ContractAddresses, l1StartBlock: UInt64, genesisTime: UInt64, slotDuration: UInt64,
        epochDuration: UInt64, proofSubmissionWindow: UInt64, l1SlotDuration: UInt64, genesisArchiveRoot: Fr
    ) {
        self.chainID = chainID
        self.rollupVersion = rollupVersion
        self.addresses = addresses
        self.l1StartBlock = l1StartBlock
        self.genesisTime = genesisTime
        self.slotDuration = slotDuration
        self.epochDuration = epochDuration
        self.proofSubmissionWindow = proofSubmissionWindow
        self.l1SlotDuration = l1SlotDuration
        self.genesisArchiveRoot = genesisArchiveRoot
    }

    /// Start of a slot, seconds since 1970.
    public func timestamp(ofSlot slot: UInt64) -> UInt64 { genesisTime + slot * slotDuration }

    /// The reference's «finalized» tip (note 05 §10, Queries).
    public func finalized(proven: UInt64) -> UInt64 { proven > 2 * epochDuration ? proven - 2 * epochDuration : 0 }
}

extension ChainFacts: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("chainID", chainID)
        writer.member("rollupVersion", rollupVersion)
        writer.member("addresses", addresses)
        writer.member("l1StartBlock", l1StartBlock)
        writer.member("genesisTime", genesisTime)
        writer.member("slotDuration", slotDuration)
        writer.member("epochDuration", epochDuration)
        writer.member("proofSubmissionWindow", proofSubmissionWindow)
        writer.member("l1SlotDuration", l1SlotDuration)
        writer.member("genesisArchiveRoot", genesisArchiveRoot)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        chainID = try json.decode("chainID")
        rollupVersion = try json.decode("rollupVersion")
        addresses = try json.decode("addresses")
        l1StartBlock = try json.decode("l1StartBlock")
        genesisTime = try json.decode("genesisTime")
        slotDuration = try json.decode("slotDuration")
        epochDuration = try json.decode("epochDuration")
        proofSubmissionWindow = try json.decode("proofSubmissionWindow")
        l1SlotDuration = try json.decode("l1SlotDuration")
        genesisArchiveRoot = try json.decode("genesisArchiveRoot")
    }
}

extension Archive {
    /// nil before the archiver has read L1 once.
    public func facts() throws(ArchiveError) -> ChainFacts? {
        guard let bytes = try bytes(ArchiveMeta.facts, in: meta) else { return nil }
        do { return try ChainFacts(json: JSONDocument.parse(bytes).root) } catch {
            throw .corrupt(what: "chain facts", DecodingError(error.description))
        }
    }

    public func setFacts(_ facts: ChainFacts, to batch: WriteBatch) { batch.put(ArchiveMeta.facts, facts.jsonBytes, in: meta) }
}
