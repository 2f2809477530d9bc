public import JSON

/// One snapshot of the reference's databases.
public struct SnapshotMetadata: Hashable, Sendable {
    /// The databases of a snapshot; each has its own file.
    public enum DataKey: String, CaseIterable, Sendable {
        case archiver
        case nullifierTree = "nullifier-tree"
        case publicDataTree = "public-data-tree"
        case noteHashTree = "note-hash-tree"
        case archiveTree = "archive-tree"
        case l1ToL2MessageTree = "l1-to-l2-message-tree"
    }

    public var l2BlockNumber: JSONNumber
    public var l2BlockHash: String
    public var l1BlockNumber: JSONNumber
    /// Milliseconds since 1970.
    public var timestamp: JSONNumber
    public var archiverSchemaVersion: JSONNumber
    public var worldStateSchemaVersion: JSONNumber
    /// An address that is not empty for every key.
    public var dataUrls: [DataKey: String]

    public init(
        l2BlockNumber: JSONNumber, l2BlockHash: String, l1BlockNumber: JSONNumber, timestamp: JSONNumber, archiverSchemaVersion: JSONNumber,
        worldStateSchemaVersion: JSONNumber, dataUrls: [DataKey: String]
    ) {
        self.l2BlockNumber = l2BlockNumber
        self.l2BlockHash = l2BlockHash
        self.l1BlockNumber = l1BlockNumber
        self.timestamp = timestamp
        self.archiverSchemaVersion = archiverSchemaVersion
        self.worldStateSchemaVersion = worldStateSchemaVersion
        self.dataUrls = dataUrls
    }
}

extension SnapshotMetadata: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l2BlockNumber", l2BlockNumber)
        writer.member("l2BlockHash", l2BlockHash)
        writer.member("l1BlockNumber", l1BlockNumber)
        writer.member("timestamp", timestamp)
        writer.key("schemaVersions")
        writer.beginObject()
        writer.member("archiver", archiverSchemaVersion)
        writer.member("worldState", worldStateSchemaVersion)
        writer.endObject()
        writer.key("dataUrls")
        writer.beginObject()
        for key in DataKey.allCases { writer.member(key.rawValue, ifPresent: dataUrls[key]) }
        writer.endObject()
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        l2BlockNumber = try json.decode("l2BlockNumber")
        l2BlockHash = try json.decode("l2BlockHash")
        l1BlockNumber = try json.decode("l1BlockNumber")
        timestamp = try json.decode("timestamp")
        let versions = try json.required("schemaVersions")
        archiverSchemaVersion = try versions.decode("archiver")
        worldStateSchemaVersion = try versions.decode("worldState")
        let urls = try json.required("dataUrls")
        guard urls.isObject else { throw JSONError("an object is expected", at: urls) }
        dataUrls = [:]
        for (name, value) in urls.members {
            guard let key = DataKey(rawValue: name) else { throw JSONError("«\(name)» is no database of a snapshot", at: value) }
            dataUrls[key] = try value.requireString()
        }
        for key in DataKey.allCases where dataUrls[key]?.isEmpty != false {
            throw JSONError("the address of «\(key.rawValue)» is missing", at: urls)
        }
    }
}
