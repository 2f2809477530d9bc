public import PeerIdentity

/// A list of records as a worker keeps it between runs: one `enr:` text a line.
public enum KnownRecords {
    public static let limit = 1024
    static let byteLimit = limit * 410

    public static func encode(_ records: some Sequence<ENR>) -> [UInt8] {
        Array(records.prefix(limit).map { $0.text + "\n" }.joined().utf8)
    }

    /// What of it is readable; lines that are none are left out, since a lost peer is found again.
    public static func decode(_ bytes: [UInt8]) -> [ENR] {
        bytes.prefix(byteLimit).split(separator: 0x0a).prefix(limit).compactMap { try? ENR(text: String(decoding: $0, as: UTF8.self)) }
    }

    /// From a file; empty if there is none.
    public static func read(_ path: String) throws(SmallFile.Failure) -> [ENR] { decode(try SmallFile.read(path, limit: byteLimit) ?? []) }

    public static func write(_ records: some Sequence<ENR>, to path: String) throws(SmallFile.Failure) { try SmallFile.write(path, encode(records), mode: 0o644) }
}
