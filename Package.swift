// swift-tools-version: 6.2
import PackageDescription

// The package is declared as a table, top layer last; imports point up this table only
// (docs/architecture.md). `QUETZAL_FOCUS=Field,Hashing swift build` trims the package to the
// named modules, what they import, and their tests: with two cores a full build is what a
// developer waits for most.

struct Module {
    enum Kind { case system, c, library, executable }
    var kind: Kind
    var name: String
    var imports: [String]
    var path: String?
    var tests: Bool
    /// What its tests use besides: programs that they start, readers of golden data.
    var tools: [String] = []
}

func system(_ name: String) -> Module { Module(kind: .system, name: name, imports: [], path: "Sources/System/\(name)", tests: false) }
func c(_ name: String, _ imports: [String] = []) -> Module { Module(kind: .c, name: name, imports: imports, path: nil, tests: false) }
func library(_ name: String, _ imports: [String], path: String? = nil, tests: Bool = true, tools: [String] = []) -> Module {
    Module(kind: .library, name: name, imports: imports, path: path, tests: tests, tools: tools)
}
func executable(_ name: String, _ imports: [String], path: String, tests: Bool = false) -> Module {
    Module(kind: .executable, name: name, imports: imports, path: path, tests: tests)
}

let conformanceSets = [
    "CryptoConformance", "TypesConformance", "ConstantsConformance", "L1Conformance", "KZGConformance",
    "WorldStateConformance", "BlocksConformance", "ChainConformance", "AVMConformance", "P2PConformance", "Discv5Conformance",
]

let modules: [Module] = [
    // Debian's libraries (docs/architecture.md, libraries)
    system("CRocksDB"), system("CUV"), system("CSecp256k1"), system("COpenSSL"), system("CCurl"),
    system("CMicrohttpd"), system("CZlib"), system("CSnappy"),
    // C: thin shims and vector code only
    c("CLinux"), c("CSimdjson"), c("CFieldVector"), c("CBLSVector"),
    // Foundations
    library("FuzzKit", [], path: "Tests/FuzzKit", tests: false),
    library("TemporaryFiles", [], tests: false),
    library("Bytes", [], tools: ["FuzzKit"]),
    library("JSON", ["Bytes", "CSimdjson"], tools: ["FuzzKit"]),
    library("Diagnostics", ["CLinux"], tools: ["FuzzKit"]),
    library("Field", ["Bytes", "CFieldVector"]),
    library("FieldKit", ["Field"], path: "Tests/FieldKit", tests: false),
    library("Hashing", ["Bytes", "Field", "CFieldVector"]),
    library("Signatures", ["Bytes", "Field", "Hashing", "CSecp256k1"], tools: ["FuzzKit"]),
    library("Blobs", ["Bytes", "JSON", "Field", "Hashing", "CBLSVector"], tools: ["FuzzKit"]),
    library("Compression", ["CZlib", "CSnappy"], tools: ["FuzzKit"]),
    // Protocol types
    library("Protocol", ["Bytes", "JSON", "Field", "Hashing", "Signatures", "Blobs"], tools: ["FieldKit"]),
    // State
    library("Storage", ["CRocksDB"], tools: ["TemporaryFiles"]),
    library("WorldState", ["Bytes", "Field", "Hashing", "Storage", "Protocol"], tools: ["TemporaryFiles"]),
    library("Archive", ["Bytes", "JSON", "Field", "Hashing", "Storage", "Protocol", "WorldState"], tools: ["TemporaryFiles", "FuzzKit"]),
    // Execution
    library("AVM", ["Bytes", "Field", "Hashing", "Protocol"], tools: ["WorstPrograms"]),
    library("PublicExecution", ["Bytes", "Field", "Hashing", "Protocol", "AVM", "Storage", "WorldState", "Archive", "Blobs"], tools: ["TemporaryFiles", "FieldKit", "ConformanceKit", "JSON", "AVMConformance", "quetzal-replay"]),
    // Outside world
    library("EventLoop", ["CUV"]),
    library("Ciphers", ["COpenSSL"]),
    library("L1", ["Bytes", "JSON", "Field", "Hashing", "Signatures", "Blobs", "Protocol", "EventLoop", "Diagnostics", "CCurl"], tools: ["FuzzKit", "LoopTestKit"]),
    library("LoopTestKit", ["EventLoop", "L1"], path: "Tests/LoopTestKit", tests: false),
    library("ChainFollower", ["Bytes", "Field", "Hashing", "Blobs", "Protocol", "WorldState", "Archive", "L1", "EventLoop", "Diagnostics"], tools: ["TemporaryFiles", "FuzzKit", "LoopTestKit"]),
    library("HTTPServer", ["Bytes", "CMicrohttpd", "Diagnostics", "Compression"], tools: ["FuzzKit"]),
    library("NodeAPI", ["Bytes", "JSON", "Field", "Hashing", "Protocol", "WorldState", "Archive", "Storage", "PublicExecution", "Diagnostics"], tools: ["TemporaryFiles", "FuzzKit", "ConformanceKit"]),
    library("L1Replay", ["Bytes", "JSON", "Hashing", "Compression", "EventLoop"], tools: ["TemporaryFiles", "FuzzKit"]),
    // Peers: identity, then transport, discovery and gossip side by side, then what joins them
    library("PeerIdentity", ["Bytes", "Hashing", "Signatures", "EventLoop"], path: "Sources/PeerNetwork/Identity", tools: ["TemporaryFiles", "FuzzKit"]),
    library("PeerTransport", ["Bytes", "Hashing", "Ciphers", "EventLoop", "Diagnostics", "PeerIdentity"], path: "Sources/PeerNetwork/Transport", tools: ["FuzzKit", "Signatures"]),
    library("PeerDiscovery", ["Bytes", "Hashing", "Ciphers", "Signatures", "EventLoop", "Diagnostics", "PeerIdentity"], path: "Sources/PeerNetwork/Discovery", tools: ["FuzzKit"]),
    library("PeerGossip", ["Bytes", "Ciphers", "Compression", "PeerIdentity"], path: "Sources/PeerNetwork/Gossip", tools: ["FuzzKit", "Signatures"]),
    library("PeerNetwork", ["Bytes", "Hashing", "Compression", "Protocol", "EventLoop", "Diagnostics", "PeerIdentity", "PeerTransport", "PeerDiscovery", "PeerGossip"], path: "Sources/PeerNetwork/Service", tools: ["FuzzKit", "Signatures"]),
    library("Mempool", ["Bytes", "Field", "Hashing", "Protocol", "Storage", "WorldState", "Archive", "PublicExecution", "Diagnostics"], tools: ["TemporaryFiles", "FuzzKit", "FieldKit", "Signatures"]),
    // Processes
    library("IPC", ["CLinux", "Diagnostics", "EventLoop"], tools: ["FuzzKit", "quetzal-torture"]),
    library("Topology", ["IPC", "CLinux"], tools: ["FuzzKit"]),
    library("Messages", ["IPC"], tools: ["FuzzKit"]),
    library("ExecutionPool", ["Bytes", "Field", "Protocol", "Storage", "WorldState", "Archive", "AVM", "PublicExecution", "IPC", "Messages", "Diagnostics", "CLinux"], tools: ["TemporaryFiles", "FieldKit", "FuzzKit", "PoolKit", "quetzal-pool", "Hashing"]),
    library("PoolKit", ["TemporaryFiles", "Bytes", "Field", "Hashing", "Protocol", "AVM", "PublicExecution", "Messages", "ExecutionPool", "WorstPrograms", "Blobs", "Storage", "WorldState"], path: "Tests/PoolKit", tests: false),
    library("Configuration", ["Bytes", "JSON"], tools: ["TemporaryFiles", "FuzzKit"]),
    executable("quetzal-worker", [
        "IPC", "Topology", "Messages", "Configuration", "Diagnostics", "EventLoop", "Storage", "Archive", "WorldState",
        "ChainFollower", "L1", "NodeAPI", "HTTPServer", "L1Replay", "AVM", "PublicExecution", "ExecutionPool", "Mempool", "PeerIdentity", "PeerTransport", "PeerDiscovery", "PeerNetwork", "Protocol", "Bytes", "JSON", "Field", "Hashing", "Blobs", "CLinux",
    ], path: "Sources/Workers"),
    library("Supervision", ["IPC", "Topology", "Messages", "Diagnostics", "EventLoop", "CLinux"], path: "Sources/Supervisor/Supervision", tools: ["TemporaryFiles", "FuzzKit", "quetzal-torture"]),
    executable("aztec", ["TemporaryFiles", "Supervision", "Topology", "IPC", "Messages", "Configuration", "Diagnostics", "JSON", "CLinux"], path: "Sources/Supervisor/Main"),
    executable("quetzal-replay", ["TemporaryFiles", "ExecutionPool", "IPC", "Topology", "Supervision", "Messages", "EventLoop", "Diagnostics", "CLinux", "Configuration", "PublicExecution", "Archive", "WorldState", "Storage", "Protocol", "Blobs", "Field", "Bytes", "JSON", "Compression"], path: "Sources/Replay"),
    // Tools
    executable("quetzal-torture", ["IPC", "EventLoop", "Diagnostics", "Messages", "CLinux", "Topology", "Supervision"], path: "Sources/Tools/Torture"),
    executable("quetzal-pool", [
        "TemporaryFiles", "PoolKit", "ExecutionPool", "PublicExecution", "Protocol", "Storage", "Field", "Bytes", "IPC", "Topology", "Supervision", "Messages", "EventLoop", "Diagnostics", "CLinux",
    ], path: "Sources/Tools/Pool"),
    executable("quetzal-chaos", [
        "TemporaryFiles", "ConformanceKit", "EventLoop", "L1Replay", "Supervision", "Topology", "IPC", "Messages", "Configuration", "Storage", "Archive", "WorldState", "Protocol", "PublicExecution", "Field", "Hashing", "Bytes", "JSON", "CLinux",
    ], path: "Sources/Tools/Chaos"),
    executable("quetzal-peer", ["Bytes", "JSON", "Protocol", "EventLoop", "PeerIdentity", "PeerTransport", "PeerNetwork"], path: "Sources/Tools/Peer"),
    executable("quetzal-network", [
        "ConformanceKit", "Bytes", "CLinux", "Compression", "Diagnostics", "Protocol", "EventLoop", "PeerIdentity", "PeerTransport", "PeerDiscovery", "PeerGossip", "PeerNetwork",
    ], path: "Sources/Tools/NetworkTest"),
    library("ConformanceKit", ["Bytes", "JSON", "Compression"], path: "Sources/Conformance/Kit", tests: false),
    library("CryptoConformance", ["ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Signatures", "Blobs", "Protocol"], path: "Sources/Conformance/Crypto", tests: false),
    library("TypesConformance", ["ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Signatures", "Protocol"], path: "Sources/Conformance/Types", tests: false),
    library("ConstantsConformance", ["ConformanceKit", "Bytes", "JSON", "Field", "Protocol", "Hashing", "Configuration", "WorldState", "Storage"], path: "Sources/Conformance/Constants", tests: false),
    library("L1Conformance", ["ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Signatures", "Blobs", "Protocol", "L1"], path: "Sources/Conformance/L1", tests: false),
    library("KZGConformance", ["ConformanceKit", "Bytes", "JSON", "Blobs"], path: "Sources/Conformance/KZG", tests: false),
    library("WorldStateConformance", ["TemporaryFiles", "ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Protocol", "Storage", "WorldState"], path: "Sources/Conformance/WorldState", tests: false),
    library("BlocksConformance", ["TemporaryFiles", "ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Blobs", "Protocol", "Storage", "WorldState", "Archive", "AVM", "PublicExecution"], path: "Sources/Conformance/Blocks", tests: false),
    library("ChainConformance", ["TemporaryFiles", "ConformanceKit", "Bytes", "JSON", "Field", "Compression", "Protocol", "Storage", "WorldState", "Archive", "Blobs", "PublicExecution", "L1Replay", "EventLoop", "PeerIdentity", "PeerGossip", "ChainFollower", "L1"], path: "Sources/Conformance/Chain", tests: false),
    library("AVMConformance", ["TemporaryFiles", "ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Protocol", "Storage", "WorldState", "AVM", "PublicExecution"], path: "Sources/Conformance/AVM", tests: false),
    library("P2PConformance", ["TemporaryFiles", "ConformanceKit", "Bytes", "JSON", "Field", "Hashing", "Signatures", "Ciphers", "Compression", "EventLoop", "Protocol", "Storage", "WorldState", "Archive", "PublicExecution", "PeerIdentity", "PeerTransport", "PeerDiscovery", "PeerGossip", "PeerNetwork", "Mempool"], path: "Sources/Conformance/P2P", tests: false),
    library("Discv5Conformance", ["ConformanceKit", "Bytes", "JSON", "Hashing", "Signatures", "Ciphers", "EventLoop", "PeerIdentity", "PeerDiscovery"], path: "Sources/Conformance/Discv5", tests: false),
    executable("quetzal-conformance", ["ConformanceKit"] + conformanceSets, path: "Sources/Conformance/Main"),
    library("WorstPrograms", ["Field", "Protocol"], path: "Tests/WorstPrograms", tests: false),
    executable("quetzal-benchmarks", [
        "TemporaryFiles", "Bytes", "JSON", "Field", "Hashing", "Signatures", "Blobs", "Protocol", "Storage", "WorldState", "Archive", "IPC", "CLinux", "Compression", "ChainFollower", "L1", "L1Replay", "EventLoop", "Diagnostics", "NodeAPI", "HTTPServer",
        "AVM", "PublicExecution", "Mempool", "ConformanceKit", "WorstPrograms", "PeerIdentity", "PeerTransport", "PeerGossip",
    ], path: "Benchmarks"),
]

// MARK: - From the table to a package

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func kept(_ modules: [Module], focus: String?) -> [Module] {
    guard let focus, !focus.isEmpty else { return modules }
    let byName = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })
    var pending = focus.split(separator: ",").map(String.init)
    let named = Set(pending)
    var keep: Set<String> = []
    while let name = pending.popLast() {
        guard let module = byName[name] else { fatalError("QUETZAL_FOCUS names no module: \(name)") }
        // A focused tool is built with the sets that are in focus too (it asks `canImport`).
        let imports = module.name == "quetzal-conformance" ? module.imports.filter { !conformanceSets.contains($0) || named.contains($0) } : module.imports
        if keep.insert(name).inserted { pending += imports + (named.contains(name) ? module.tools : []) }
    }
    return modules.filter { keep.contains($0.name) }.map { module in
        var module = module
        module.tests = module.tests && named.contains(module.name)
        module.imports = module.imports.filter(keep.contains)
        return module
    }
}

let chosen = kept(modules, focus: Context.environment["QUETZAL_FOCUS"])

func targets(_ module: Module) -> [Target] {
    let dependencies = module.imports.map { Target.Dependency(stringLiteral: $0) }
    var result: [Target] = []
    switch module.kind {
    case .system: result.append(.systemLibrary(name: module.name, path: module.path))
    case .c:
        var linker: [LinkerSetting] = []
        if module.name == "CSimdjson" { linker = [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")] }
        result.append(.target(
            name: module.name, dependencies: dependencies,
            cSettings: [.define("_GNU_SOURCE")], linkerSettings: linker))
    case .library:
        result.append(.target(name: module.name, dependencies: dependencies, path: module.path, swiftSettings: swiftSettings))
    case .executable:
        result.append(.executableTarget(name: module.name, dependencies: dependencies, path: module.path, swiftSettings: swiftSettings))
    }
    if module.tests {
        result.append(.testTarget(
            name: module.name + "Tests", dependencies: [.init(stringLiteral: module.name)] + dependencies + module.tools.map { .init(stringLiteral: $0) },
            path: "Tests/\(module.name)Tests", swiftSettings: swiftSettings))
    }
    return result
}

let package = Package(
    name: "Quetzal",
    products: chosen.filter { $0.kind == .executable }.map { .executable(name: $0.name, targets: [$0.name]) },
    targets: chosen.flatMap(targets),
    cxxLanguageStandard: .cxx17
)
