public import PeerIdentity

/// What discovery keeps between runs, in the data directory's folder for the network: our own record, for its number, and the nodes that answered.
public struct DiscoveryFiles: Sendable {
    private let recordPath: String
    private let nodesPath: String

    public init(directory: String) {
        recordPath = directory + "/record"
        nodesPath = directory + "/nodes"
    }

    /// The record announced last; nil if there is none or it cannot be read, which costs no more than its number.
    public func ownRecord() -> ENR? { (try? KnownRecords.read(recordPath))?.first }
    public func knownRecords() -> [ENR] { (try? KnownRecords.read(nodesPath)) ?? [] }

    public func save(own record: ENR) throws(SmallFile.Failure) { try SmallFile.write(recordPath, Array(record.text.utf8), mode: 0o644) }
    public func save(known records: [ENR]) throws(SmallFile.Failure) { try KnownRecords.write(records, to: nodesPath) }
}
