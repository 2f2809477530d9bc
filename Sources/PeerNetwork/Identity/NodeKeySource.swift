import Bytes

/// Where the network key is kept when there is no file for it.
public protocol NodeKeyStore {
    func loadNodeKey() throws -> String?
    func save(nodeKey: String) throws
}

/// Finds the network key, or makes one («note 07 §1»): configuration, file, store, new; in that order. What is found is written
/// to the file if one is known, else to the store.
public struct NodeKeySource {
    /// A file's or setting's content is no key. Never prints it.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var place: String
        public var reason: String
        public var description: String { "\(place): \(reason)" }
    }

    public enum Origin: String, Hashable, Sendable { case configuration, file, store, generated }

    /// `PEER_ID_PRIVATE_KEY`.
    public var configured: String?
    /// `PEER_ID_PRIVATE_KEY_PATH`, else the data directory's `p2p-private-key`.
    public var path: String?
    public var store: (any NodeKeyStore)?

    public static let fileName = "p2p-private-key"

    public init(configured: String?, path: String?, dataDirectory: String?, store: (any NodeKeyStore)? = nil) {
        self.configured = configured?.isEmpty == true ? nil : configured
        self.path = path?.isEmpty == false ? path : dataDirectory.map { "\($0)/\(Self.fileName)" }
        self.store = store
    }

    public func find() throws -> (key: NodeKey, origin: Origin) {
        if let configured {
            let key = try Self.parse(configured, "the configured network key")
            try persist(key, unless: path.map { try SmallFile.read($0, limit: 4096) } ?? nil)
            return (key, .configuration)
        }
        if let path, let bytes = try SmallFile.read(path, limit: 4096), !bytes.isEmpty {
            return (try Self.parse(String(decoding: bytes, as: UTF8.self), path), .file)
        }
        if let text = try store?.loadNodeKey(), !text.isEmpty {
            let key = try Self.parse(text, "the store's network key")
            if path != nil { try persist(key, unless: nil) }
            return (key, .store)
        }
        let key = NodeKey.generate()
        try persist(key, unless: nil)
        return (key, .generated)
    }

    private static func parse(_ text: String, _ place: String) throws(Failure) -> NodeKey {
        let trimmed = text.trimmingPrefix { $0.isWhitespace }
        let end = trimmed.lastIndex { !$0.isWhitespace }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
        do { return try NodeKey(text: String(trimmed[..<end])) } catch { throw Failure(place: place, reason: error.reason) }
    }

    private func persist(_ key: NodeKey, unless present: [UInt8]?) throws {
        let text = Array(key.text.utf8)
        if let path {
            if present != text { try SmallFile.write(path, text) }
        } else {
            try store?.save(nodeKey: key.text)
        }
    }
}
