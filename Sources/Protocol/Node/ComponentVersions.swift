public import JSON

/// What two nodes must agree on to talk (note 07, note 08 §1).
public struct ComponentVersions: Hashable, Sendable {
    public var l1ChainId: Int
    public var l1RollupAddress: EthAddress
    public var rollupVersion: Int
    /// Roots as text, as the version headers carry them.
    public var l2ProtocolContractsTreeRoot: String
    public var l2CircuitsVkTreeRoot: String

    public init(l1ChainId: Int, l1RollupAddress: EthAddress, rollupVersion: Int, l2ProtocolContractsTreeRoot: String, l2CircuitsVkTreeRoot: String) {
        self.l1ChainId = l1ChainId
        self.l1RollupAddress = l1RollupAddress
        self.rollupVersion = rollupVersion
        self.l2ProtocolContractsTreeRoot = l2ProtocolContractsTreeRoot
        self.l2CircuitsVkTreeRoot = l2CircuitsVkTreeRoot
    }

    public struct Mismatch: Error, Hashable, Sendable, CustomStringConvertible {
        public var component: String
        public var expected: String
        public var received: String

        public var description: String { "Expected component version \(component) to be \(expected) but received \(received)" }
    }

    /// The short form in discovery records: `00-chain-rollup-version-contracts-circuits`, eight digits of each hash.
    public var compressed: String {
        "00-\(l1ChainId)-\(Self.short(l1RollupAddress.hex))-\(rollupVersion)-\(Self.short(l2ProtocolContractsTreeRoot))-\(Self.short(l2CircuitsVkTreeRoot))"
    }

    private static func short(_ hex: String) -> String { String(hex.dropFirst(2).prefix(8)) }

    /// Refuses a peer's short form that differs in any part; parts beyond the sixth are ignored.
    public func check(compressed text: String) throws(Mismatch) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let rollup = l1RollupAddress.hex
        let expectations: [(component: String, expected: String, shown: String)] = [
            ("version", "00", "00"),
            ("L1 chain ID", String(l1ChainId), String(l1ChainId)),
            ("L1 address", Self.short(rollup), rollup),
            ("L2 chain version", String(rollupVersion), String(rollupVersion)),
            ("L2 protocol contracts vk tree root", Self.short(l2ProtocolContractsTreeRoot), l2ProtocolContractsTreeRoot),
            ("L2 circuits vk tree root", Self.short(l2CircuitsVkTreeRoot), l2CircuitsVkTreeRoot),
        ]
        for (index, expectation) in expectations.enumerated() {
            let received = index < parts.count ? parts[index] : nil
            guard received == expectation.expected else {
                throw Mismatch(component: expectation.component, expected: expectation.shown, received: received ?? "undefined")
            }
        }
    }

    /// Names and values of the HTTP version headers, without their `x-aztec-` prefix.
    public var headers: [(name: String, value: String)] {
        [
            ("l1ChainId", String(l1ChainId)), ("l1RollupAddress", l1RollupAddress.hex), ("rollupVersion", String(rollupVersion)),
            ("l2ProtocolContractsTreeRoot", l2ProtocolContractsTreeRoot), ("l2CircuitsVkTreeRoot", l2CircuitsVkTreeRoot),
        ]
    }
}

extension ComponentVersions: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l1ChainId", l1ChainId)
        writer.member("l1RollupAddress", l1RollupAddress)
        writer.member("rollupVersion", rollupVersion)
        writer.member("l2ProtocolContractsTreeRoot", l2ProtocolContractsTreeRoot)
        writer.member("l2CircuitsVkTreeRoot", l2CircuitsVkTreeRoot)
        writer.endObject()
    }

    /// All members must be there: without one of them versions cannot be compared.
    public init(json: JSONElement) throws(JSONError) {
        l1ChainId = try json.decode("l1ChainId")
        l1RollupAddress = try json.decode("l1RollupAddress")
        rollupVersion = try json.decode("rollupVersion")
        l2ProtocolContractsTreeRoot = try json.decode("l2ProtocolContractsTreeRoot")
        l2CircuitsVkTreeRoot = try json.decode("l2CircuitsVkTreeRoot")
    }
}
