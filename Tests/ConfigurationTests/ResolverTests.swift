import Configuration
import Glibc
import TemporaryFiles
import Testing

extension TemporaryDirectory {
    func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) {
        let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
    }
}

func resolve(_ line: String, _ environment: [String: String] = [:], directory: String = "/nonexistent", etc: String? = nil) throws -> ResolvedConfiguration {
    try ConfigurationResolver(arguments: line.split(separator: " ").map(String.init), environment: environment, etcDirectory: etc, workingDirectory: directory).resolve()
}

func refusal(_ line: String, _ environment: [String: String] = [:], directory: String = "/nonexistent") -> String {
    do {
        _ = try resolve(line, environment, directory: directory)
        return ""
    } catch { return "\(error)" }
}

@Suite struct Resolving {
    @Test func strengthOfSources() throws {
        let scratch = try TemporaryDirectory("configuration")
        scratch.write(".env", "AZTEC_PORT=3\nAZTEC_ADMIN_PORT='30' # comment\nexport LOG_LEVEL=\"debug;warn:p2p\"\n")
        scratch.write("node.conf", "AZTEC_PORT = 4\nadmin-port = 40\nARCHIVER_BATCH_SIZE = 44\nL1_CHAIN_ID=4\n")
        scratch.write("l1-contracts.json", #"{"chainId":7,"rollupVersion":9,"config":{"ethereumSlotDuration":4},"addresses":{"registryAddress":"0x00000000000000000000000000000000000000aa"}}"#)
        let line = "--node --archiver --config \(scratch.path)/node.conf --network \(scratch.path)/"
        let flags = try resolve(line + " --port 1", ["AZTEC_PORT": "2"], directory: scratch.path)
        #expect(flags.port == 1 && flags.source("AZTEC_PORT") == .flag)
        let environment = try resolve(line, ["AZTEC_PORT": "2", "L1_CHAIN_ID": ""], directory: scratch.path)
        #expect(environment.port == 2 && environment.source("AZTEC_PORT") == .environment)
        let rest = try resolve(line, ["HOME": "/home/x"], directory: scratch.path)
        #expect(rest.port == 3 && rest.source("AZTEC_PORT") == .dotenv && rest.adminPort == 30)
        #expect(rest.text("LOG_LEVEL") == "debug;warn:p2p")
        #expect(rest.archiverBatchSize == 44 && rest.l1ChainID == 4 && rest.source("L1_CHAIN_ID") == .file)
        #expect(rest.ethereumSlotDuration == 4 && rest.source("ETHEREUM_SLOT_DURATION") == .preset && rest.rollupVersion == 9)
        #expect(rest.l1Contract("registryAddress") == "0x00000000000000000000000000000000000000aa")
        #expect(rest.dataDirectory?.hasPrefix("/home/x/.aztec/quetzal-configuration-") == true)
        #expect(rest.maxLogs == 1000 && rest.source("ARCHIVER_MAX_LOGS") == .default)
    }

    @Test func refusalsNameFlagVariableValueAndExpectation() {
        #expect(refusal("--node --port abc").contains("«abc» is not accepted for --port (AZTEC_PORT): an integer is expected"))
        #expect(refusal("--node", ["AZTEC_PORT": "12abc"]) == "environment variable AZTEC_PORT: «12abc» is not accepted for --port (AZTEC_PORT): an integer is expected")
        #expect(refusal("--node", ["REGISTRY_CONTRACT_ADDRESS": "0x12"]).contains("an L1 address (40 hexadecimal digits) is expected"))
        #expect(refusal("--node --prot 1") == "unknown option «--prot»; did you mean --port?")
        #expect(refusal("--node --port").contains("argument missing"))
        #expect(refusal("--node --port --archiver").contains("argument missing"))
        #expect(refusal("--node --archiver=yes").contains("takes no value"))
        #expect(refusal("--node -x").contains("unknown option «-x»"))
        #expect(refusal("--node", ["QUETZAL_NONSENSE": "1"]).contains("there is no such option"))
        #expect(refusal("--node --l1-rpc-urls ws://h:1").contains("http:// or https:// URLs"))
        #expect(refusal("--node --port 8880").contains("both 8880"))
        #expect(refusal("--node --port 70000").contains("is no port"))
        #expect(refusal("").contains("No module specified to start"))
        #expect(refusal("--node --sequencer").contains("start without it"))
        #expect(refusal("--node --network mainnet").contains("Unknown network name: mainnet"))
        #expect(refusal("--node --archiver.blobSinkUrl http://a --sequencer.blobSinkUrl http://b").contains("different values"))
        #expect(refusal("--node --config /nonexistent.conf").contains("/nonexistent.conf: No such file"))
        // A mistyped secret is not printed back.
        let secret = refusal("--node", ["VALIDATOR_PRIVATE_KEY": "hunter2"])
        #expect(secret.contains("[Redacted]") && !secret.contains("hunter2"))
    }

    @Test func mistakesInFilesNameTheLine() throws {
        let scratch = try TemporaryDirectory("configuration")
        scratch.write("a.conf", "# comment\n\nAZTEC_PORT = x\n")
        #expect(refusal("--node --config \(scratch.path)/a.conf").contains("a.conf:3: AZTEC_PORT"))
        scratch.write("b.conf", "NOPE = 1\n")
        #expect(refusal("--node --config \(scratch.path)/b.conf").contains("b.conf:1: NOPE: there is no such option"))
        scratch.write("c.conf", "AZTEC_PORT\n")
        #expect(refusal("--node --config \(scratch.path)/c.conf").contains("c.conf:1: «NAME = value» is expected"))
        scratch.write(".env", "AZTEC_PORT='1\n")
        #expect(refusal("--node", directory: scratch.path).contains(".env:1: the quote is not closed"))
    }

    @Test func laterPartsSaySo() throws {
        let configuration = try resolve("--node --p2p.p2pPort 1 --p2p-enabled true start", ["DEBUG": "x", "SEQ_MAX_TX_PER_BLOCK": "7"])
        #expect(configuration.notes.count == 1)
        #expect(configuration.int("P2P_PORT") == 1 && configuration.flag("P2P_ENABLED"))
    }

    @Test func survivesAsBytesAndKeepsSecretsBack() throws {
        let configuration = try resolve(
            "--node --archiver --l1-rpc-urls http://u:p@h:1/key,https://i/ --l1-consensus-host-urls http://b/,http://c --l1-consensus-host-api-keys k1,k2 --l1-consensus-host-api-key-headers ,X",
            ["TEST_ACCOUNTS": "true", "MNEMONIC": "some words", "PEER_ID_PRIVATE_KEY": "0802"])
        let whole = try ResolvedConfiguration(serialized: configuration.serialized(secrets: .l1))
        #expect(!whole.isSet("MNEMONIC") && !whole.isSet("PEER_ID_PRIVATE_KEY"))
        #expect( whole.genesis == configuration.genesis && whole.genesis.prefilledPublicData.count == 3)
        #expect(whole.consensusHosts == [.init(url: "http://b", apiKey: "k1", apiKeyHeader: nil), .init(url: "http://c", apiKey: "k2", apiKeyHeader: "X")])
        #expect(whole.runsNode && whole.runsArchiver && whole.l1RPCURLs == ["http://u:p@h:1/key", "https://i/"])
        let bare = try ResolvedConfiguration(serialized: configuration.serialized())
        let network = try ResolvedConfiguration(serialized: configuration.serialized(secrets: .network))
        #expect(network.peerIDPrivateKey == "0802" && !network.isSet("MNEMONIC") && !network.isSet("L1_CONSENSUS_HOST_API_KEYS"))
        #expect(!bare.isSet("PEER_ID_PRIVATE_KEY"))
        #expect(!bare.isSet("MNEMONIC") && !bare.isSet("L1_CONSENSUS_HOST_API_KEYS") && bare.isSet("ETHEREUM_HOSTS"))
        let printed = configuration.printable.joined(separator: "\n")
        #expect(printed.contains("ETHEREUM_HOSTS = http://h:1/…,https://i (flag)") && !printed.contains("some words") && !printed.contains("k1"))
        #expect(throws: ConfigurationError.self) { try ResolvedConfiguration(serialized: Array("{\"settings\":{\"X\":[\"1\",\"flag\"]}}".utf8)) }
        #expect(throws: ConfigurationError.self) { try ResolvedConfiguration(serialized: Array("{".utf8)) }
    }
}

@Suite struct OptionTables {
    @Test func everyRowIsSound() {
        #expect(OptionTable.options.count > 290)
        for option in OptionTable.options {
            #expect(["node", "p2p", "execution"].contains(option.part) || OptionTable.laterParts[option.part] != nil, "\(option.title) has unknown part \(option.part)")
            if let text = option.defaultText, !text.isEmpty, text != "[]", option.kind != .toggle, option.name != "p2p.gossipsubTxInvalidMessageDeliveriesDecay" {
                // (that one defaults to 0.5 and is read as an integer, as in the reference)
                #expect(option.kind.expectation(text) == nil, "default of \(option.title) is not well typed: \(text)")
            }
        }
        let flags = OptionTable.options.filter(\.hasFlag).map(\.name)
        #expect(Set(flags).count == flags.count)
    }

    @Test func helpHasEveryFlagWithDefaultAndVariable() {
        let help = HelpText.start()
        for option in OptionTable.options where option.hasFlag { #expect(help.contains("    \(option.flag)")) }
        #expect(help.contains("    --port <value>                                                 (default: 8080)                                                      ($AZTEC_PORT)\n          port of the RPC server\n"))
        #expect(help.hasPrefix("\n  MISC\n\n    --network <value>"))
        #expect(HelpText.markdown().contains("| `--port <value>` | `AZTEC_PORT` | 8080 | node |"))
    }
}

@Suite struct Documents {
    /// docs/configuration.md and etc/quetzal.conf are printed from the option table; QUETZAL_WRITE_DOCS=1 writes them.
    @Test(arguments: [("docs/configuration.md", HelpText.markdown()), ("etc/quetzal.conf", HelpText.exampleFile())])
    func areWhatTheTableSays(_ path: String, _ text: String) throws {
        if getenv("QUETZAL_WRITE_DOCS") != nil {
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
        }
        let file = try #require(fopen(path, "r"), "run from the package's root")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let byte = fgetc(file)
            if byte < 0 { break }
            bytes.append(UInt8(byte))
        }
        #expect(String(decoding: bytes, as: UTF8.self) == text, "\(path) is out of date: QUETZAL_WRITE_DOCS=1 QUETZAL_FOCUS=Configuration swift test")
    }

    @Test func theExampleFileIsAccepted() throws {
        let scratch = try TemporaryDirectory("configuration")
        scratch.write("a.conf", HelpText.exampleFile())
        #expect(try resolve("--node --config \(scratch.path)/a.conf").port == 8080)
    }
}

@Suite struct DataDirectories {
    @Test func claimsLocksAndRefuses() throws {
        let scratch = try TemporaryDirectory("configuration")
        let path = scratch.path + "/a/b/data"
        try DataDirectory.create(path)
        let identity = DataDirectory.Identity(rollupAddress: "0x00000000000000000000000000000000000000AA", l1ChainID: 1)
        #expect(try DataDirectory.identity(path) == nil)
        try DataDirectory.claim(path, identity)
        try DataDirectory.claim(path, identity)
        #expect(try DataDirectory.identity(path)?.rollupAddress == "0x00000000000000000000000000000000000000aa")
        #expect(throws: ConfigurationError.self) { try DataDirectory.claim(path, .init(rollupAddress: "0x00000000000000000000000000000000000000bb", l1ChainID: 1)) }
        #expect(throws: ConfigurationError.self) { try DataDirectory.claim(path, .init(rollupAddress: identity.rollupAddress, l1ChainID: 2)) }
        #expect(throws: ConfigurationError.self) { try DataDirectory.claim(path, .init(schemaVersion: 99, rollupAddress: identity.rollupAddress, l1ChainID: 1)) }
        do {
            let lock = try DataDirectory.lock(path)
            do {
                _ = try DataDirectory.lock(path)
                Issue.record("a second lock was granted")
            } catch { #expect("\(error)".contains("in use by another node (process \(getpid()))")) }
            _ = consume lock
        }
        _ = try DataDirectory.lock(path)
        scratch.write("a/b/data/db_version", "nonsense")
        #expect(throws: ConfigurationError.self) { try DataDirectory.claim(path, identity) }
        scratch.write("file", "")
        #expect(throws: ConfigurationError.self) { try DataDirectory.create(scratch.path + "/file/x") }
    }
}
