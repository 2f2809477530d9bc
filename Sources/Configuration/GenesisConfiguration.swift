import Bytes
import JSON

/// Genesis state of a network: public data written before block 1, and roots to check it against.
public struct GenesisConfiguration: Sendable, Equatable {
    /// Public data leaf, both values 32 bytes big-endian.
    public struct Leaf: Sendable, Equatable {
        public var slot: [UInt8]
        public var value: [UInt8]

        public init(slot: [UInt8], value: [UInt8]) {
            self.slot = slot
            self.value = value
        }
    }

    /// Sorted by slot.
    public var prefilledPublicData: [Leaf]
    /// Expected root of the archive tree with the genesis header in it.
    public var archiveRoot: [UInt8]?
    public var vkTreeRoot: [UInt8]?
    public var protocolContractTreeRoot: [UInt8]?

    public init(prefilledPublicData: [Leaf], archiveRoot: [UInt8]? = nil, vkTreeRoot: [UInt8]? = nil, protocolContractTreeRoot: [UInt8]? = nil) {
        self.prefilledPublicData = prefilledPublicData.sorted { $0.slot.lexicographicallyPrecedes($1.slot) }
        self.archiveRoot = archiveRoot
        self.vkTreeRoot = vkTreeRoot
        self.protocolContractTreeRoot = protocolContractTreeRoot
    }

    /// The form of the recordings' `genesis.json`.
    init(json root: JSONElement, path: String) throws(ConfigurationError) {
        func word(_ element: JSONElement?, _ what: String) throws(ConfigurationError) -> [UInt8] {
            guard let text = element?.string, let bytes = Hex.decode(text), bytes.count == 32 else {
                throw ConfigurationError("\(path): \(what) must be 32 bytes in hexadecimal")
            }
            return bytes
        }
        var leaves: [Leaf] = []
        for (index, leaf) in (root["prefilledPublicData"]?.elements.map { $0 } ?? []).enumerated() {
            // Either {slot, value} or [slot, value].
            leaves.append(Leaf(
                slot: try word(leaf["slot"] ?? leaf["leafSlot"] ?? leaf[0], "slot of prefilledPublicData[\(index)]"),
                value: try word(leaf["value"] ?? leaf[1], "value of prefilledPublicData[\(index)]")))
        }
        func optional(_ name: String) throws(ConfigurationError) -> [UInt8]? {
            guard let element = root[name] else { return nil }
            return try word(element, name)
        }
        self.init(
            prefilledPublicData: leaves, archiveRoot: try optional("genesisArchiveRoot"), vkTreeRoot: try optional("vkTreeRoot"),
            protocolContractTreeRoot: try optional("protocolContractTreeRoot"))
    }

    /// Accounts that TEST_ACCOUNTS and SPONSORED_FPC fund: leaf slots of their fee juice balances (hash of the fee juice
    /// contract's balance slot and the address; constants/genesis.json), each holding 10²² units.
    static let testAccountSlots = [
        "0x0029f0bcc3167a7737d0a211212fdace8649021e2b71f95593fd379e435f0e1b",
        "0x25c236b274a55128d0ffee1d14200e78fbd6301240cadb3bb08cf0761c88a16e",
        "0x2b9829423aec0488dc5beb37f9959d00e4971a233d68a4b59b97d84d57865cd4",
    ]
    static let sponsoredFPCSlot = "0x09d8fda285ece3314979502422afb85a9f9cbfeea946447c19ab18240b1a5263"
    static let balance = Hex.decode("0x00000000000000000000000000000000000000000000021e19e0c9bab2400000")!

    static func funded(testAccounts: Bool, sponsoredFPC: Bool) -> GenesisConfiguration {
        let slots = (testAccounts ? testAccountSlots : []) + (sponsoredFPC ? [sponsoredFPCSlot] : [])
        return GenesisConfiguration(prefilledPublicData: slots.map { Leaf(slot: Hex.decode($0)!, value: balance) })
    }
}
