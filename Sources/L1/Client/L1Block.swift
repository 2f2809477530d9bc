import Bytes
import JSON
import Protocol

/// Which state or block is meant.
public enum L1BlockTag: Hashable, Sendable {
    case latest, safe, finalized, earliest
    case number(UInt64)

    var text: String {
        switch self {
        case .latest: "latest"
        case .safe: "safe"
        case .finalized: "finalized"
        case .earliest: "earliest"
        case .number(let number): "0x" + String(number, radix: 16)
        }
    }
}

/// What the node uses of an L1 block's header.
public struct L1Block: Hashable, Sendable, JSONDecodable {
    public var number: UInt64
    public var hash: Bytes32
    public var parentHash: Bytes32
    /// Seconds since 1970.
    public var timestamp: UInt64
    /// Root of the beacon block before; nil before Cancun.
    public var parentBeaconBlockRoot: Bytes32?
    public var baseFeePerGas: UInt64
    public var excessBlobGas: UInt64
    /// 256 bytes; nil when the host leaves it out.
    public var logsBloom: LogsBloom?

    public init(json: JSONElement) throws(JSONError) {
        number = try json.required("number").requireQuantity()
        hash = try json.required("hash").requireBytes32()
        parentHash = try json.required("parentHash").requireBytes32()
        timestamp = try json.required("timestamp").requireQuantity()
        parentBeaconBlockRoot = try json["parentBeaconBlockRoot"].flatMap { element throws(JSONError) in element.isNull ? nil : try element.requireBytes32() }
        baseFeePerGas = try json["baseFeePerGas"].flatMap { element throws(JSONError) in element.isNull ? nil : try element.requireQuantity() } ?? 0
        excessBlobGas = try json["excessBlobGas"].flatMap { element throws(JSONError) in element.isNull ? nil : try element.requireQuantity() } ?? 0
        logsBloom = json["logsBloom"]?.utf8.flatMap { hexBytes($0) }.flatMap { LogsBloom($0) }
    }
}

/// A log as `eth_getLogs` gives it.
public struct L1Log: Hashable, Sendable, JSONDecodable {
    public var address: EthAddress
    public var topics: [Bytes32]
    public var data: [UInt8]
    public var place: L1LogPlace

    public init(address: EthAddress, topics: [Bytes32], data: [UInt8], place: L1LogPlace) {
        self.address = address
        self.topics = topics
        self.data = data
        self.place = place
    }

    static let maximumDataBytes = 1 << 20

    public init(json: JSONElement) throws(JSONError) {
        address = try json.required("address").requireAddress()
        let topics = try json.required("topics")
        guard topics.isArray, topics.count <= 4 else { throw JSONError("a list of at most four topics is expected", at: topics) }
        self.topics = []
        for topic in topics.elements { self.topics.append(try topic.requireBytes32()) }
        data = try json.required("data").requireHex(maximum: Self.maximumDataBytes)
        if json["removed"]?.bool == true { throw JSONError("a removed log is not expected here", at: json) }
        place = L1LogPlace(
            blockNumber: try json.required("blockNumber").requireQuantity(), blockHash: try json.required("blockHash").requireBytes32(),
            transactionHash: try json.required("transactionHash").requireBytes32(), logIndex: try json.required("logIndex").requireQuantity())
    }
}

/// What the node uses of an L1 transaction.
public struct L1Transaction: Hashable, Sendable, JSONDecodable {
    public var hash: Bytes32
    /// nil while pending.
    public var blockHash: Bytes32?
    public var from: EthAddress
    /// nil for a contract creation.
    public var to: EthAddress?
    public var input: [UInt8]
    public var blobVersionedHashes: [Bytes32]

    public init(hash: Bytes32, blockHash: Bytes32?, from: EthAddress, to: EthAddress?, input: [UInt8], blobVersionedHashes: [Bytes32]) {
        self.hash = hash
        self.blockHash = blockHash
        self.from = from
        self.to = to
        self.input = input
        self.blobVersionedHashes = blobVersionedHashes
    }

    /// Nodes accept no transactions above 128 kB; some chains are wider.
    static let maximumInputBytes = 4 << 20

    public init(json: JSONElement) throws(JSONError) {
        hash = try json.required("hash").requireBytes32()
        blockHash = try json["blockHash"].flatMap { element throws(JSONError) in element.isNull ? nil : try element.requireBytes32() }
        from = try json.required("from").requireAddress()
        to = try json["to"].flatMap { element throws(JSONError) in element.isNull ? nil : try element.requireAddress() }
        let input = if let input = json["input"] { input } else { try json.required("data") }
        self.input = try input.requireHex(maximum: Self.maximumInputBytes)
        blobVersionedHashes = []
        if let hashes = json["blobVersionedHashes"], hashes.isArray {
            guard hashes.count <= 64 else { throw JSONError("more blob hashes than a transaction can carry", at: hashes) }
            for element in hashes.elements { blobVersionedHashes.append(try element.requireBytes32()) }
        }
    }
}

extension JSONElement {
    /// A quantity, `0x…`, of at most 64 bits.
    func requireQuantity() throws(JSONError) -> UInt64 {
        guard let value = string.flatMap(quantity) else { throw JSONError("a hex quantity of at most 64 bits is expected", at: self) }
        return value
    }

    func requireBytes32() throws(JSONError) -> Bytes32 {
        guard let text = utf8, text.count == 66, let value = hexBytes(text).flatMap({ Bytes32($0) }) else { throw JSONError("0x and 64 hex digits are expected", at: self) }
        return value
    }

    func requireAddress() throws(JSONError) -> EthAddress {
        guard let text = utf8, text.count == 42, let value = hexBytes(text).flatMap({ EthAddress($0) }) else { throw JSONError("0x and 40 hex digits are expected", at: self) }
        return value
    }

    func requireHex(maximum: Int) throws(JSONError) -> [UInt8] {
        guard let text = utf8, text.starts(with: [48, 120]) else { throw JSONError("0x and hex digits are expected", at: self) }
        guard text.count <= 2 + 2 * maximum else { throw JSONError("\(text.count / 2) bytes are more than \(maximum)", at: self) }
        guard let value = hexBytes(text) else { throw JSONError("0x and hex digits are expected", at: self) }
        return value
    }
}
