import Configuration
import FuzzKit
import Glibc
import TemporaryFiles
import Testing

/// Files, flags and variables that an operator may have got wrong in any way: a message, or values of the right type.
@Suite struct ConfigurationFuzzTests {
    /// In memory where there is such a place: the long form writes four million files.
    private func folder() throws -> TemporaryDirectory { try TemporaryDirectory("configuration", in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") }

    static let address = "0x" + String(repeating: "ab", count: 20)
    static let word = "0x" + String(repeating: "01", count: 32)
    static let files: [(name: String, text: [UInt8])] = [
        (".env", "AZTEC_PORT=3\n# comment\nexport LOG_LEVEL=\"debug;warn:p2p\"\nAZTEC_ADMIN_PORT='30' # x\n"),
        ("node.conf", "AZTEC_PORT = 4\nadmin-port = 40\nARCHIVER_BATCH_SIZE = 44\nL1_CHAIN_ID=4\n"),
        ("l1-contracts.json", "{\"chainId\":7,\"rollupVersion\":\"9\",\"config\":{\"ethereumSlotDuration\":4},\"addresses\":{\"registryAddress\":\"\(address)\"}}"),
        ("genesis.json", "{\"prefilledPublicData\":[{\"slot\":\"\(word)\",\"value\":\"\(word)\"},[\"\(word)\",\"\(word)\"]],\"genesisArchiveRoot\":\"\(word)\"}"),
    ].map { ($0.0, Array($0.1.utf8)) }
    static let network = Array("{\"environment\":{\"L1_CHAIN_ID\":\"5\",\"DATA_DIRECTORY\":\"$HOME/x\",\"REGISTRY_CONTRACT_ADDRESS\":\"\(address)\"},\"bootnodesUrl\":\"http://b\"}".utf8)

    @Test func files() throws {
        var fuzz = Fuzz(seed: 131)
        let recording = try folder(), preset = try folder()
        for (name, text) in Self.files {
            recording.write(name, text)
            if name != "l1-contracts.json" { preset.write(name, text) }
        }
        preset.write("network.json", Self.network)
        var accepted = 0, refused = 0
        for round in 0..<Fuzz.rounds(short: 2_000) {
            let folder = round % 5 == 4 ? preset : recording
            let (name, text) = round % 5 == 4 ? ("network.json", Self.network) : Self.files[round % 5]
            folder.write(name, fuzz.alteredText(text))
            do throws(ConfigurationError) {
                let configuration = try ConfigurationResolver(
                    arguments: ["--node", "--config", folder.path + "/node.conf", "--network", folder.path], environment: ["HOME": "/h"], etcDirectory: nil, workingDirectory: folder.path
                ).resolve()
                accepted += 1
                #expect((0...65535).contains(configuration.port) && configuration.genesis.prefilledPublicData.allSatisfy { $0.slot.count == 32 && $0.value.count == 32 })
            } catch {
                refused += 1
                #expect(!error.description.isEmpty)
            }
            folder.write(name, text)
        }
        #expect(accepted > 100 && refused > 100)
    }

    @Test func dataDirectoryFiles() throws {
        var fuzz = Fuzz(seed: 132)
        let folder = try folder()
        let identity = DataDirectory.Identity(rollupAddress: Self.address, l1ChainID: 1)
        let text = Array("{\"schemaVersion\":1,\"rollupAddress\":\"\(Self.address)\",\"l1ChainId\":1}".utf8)
        var own = 0, foreign = 0
        for _ in 0..<Fuzz.rounds(short: 2_000) {
            folder.write("db_version", fuzz.alteredText(text))
            do throws(ConfigurationError) {
                try DataDirectory.claim(folder.path, identity)
                own += 1
            } catch {
                foreign += 1
                #expect(error.description.contains(folder.path))
            }
        }
        #expect(own > 100 && foreign > 100)
    }

    /// What a worker gets in its sealed file.
    @Test func handedOver() throws {
        var fuzz = Fuzz(seed: 133)
        let configuration = try ConfigurationResolver(
            arguments: ["--node", "--l1-rpc-urls", "http://u:p@h:1/key", "--port", "5"], environment: ["TEST_ACCOUNTS": "true"], etcDirectory: nil, workingDirectory: "/nonexistent"
        ).resolve()
        let whole = configuration.serialized(secrets: .l1)
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 2_000) {
            guard let read = try? ResolvedConfiguration(serialized: fuzz.alteredText(whole)) else { continue }
            accepted += 1
            let again = try ResolvedConfiguration(serialized: read.serialized(secrets: .l1))
            #expect(again.settings == read.settings && again.genesis == read.genesis && again.network == read.network)
            _ = (read.port, read.adminPort, read.l1RPCURLs, read.consensusHosts, read.dataDirectory, read.l1ChainID)
        }
        #expect(accepted > 100)
    }

    @Test func flags() {
        var fuzz = Fuzz(seed: 134)
        let lines = [["--node", "--archiver", "--port", "80", "--l1-rpc-urls=http://a,http://b"], ["start", "--node", "--p2p-enabled", "true"], ["--node", "--archiver.blobSinkUrl", "http://a"]]
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 1_000) {
            var line = fuzz.pick(lines)
            let at = fuzz.below(line.count)
            switch fuzz.below(4) {
            case 0: line.remove(at: at)
            case 1: line.swapAt(at, fuzz.below(line.count))
            // A flag that does not exist is compared with all others: dear, so not every round.
            case 2 where !line[at].hasPrefix("--") || fuzz.below(8) == 0: line[at] = fuzz.alteredText(line[at])
            default: break
            }
            guard let flags = try? CommandLineFlags(line) else { continue }
            accepted += 1
            #expect(flags.occurrences.allSatisfy { OptionTable.byFlag[$0.name] != nil })
        }
        #expect(accepted > 100)
    }

    /// Any text for any option: what is accepted has a value, and only an accepted text is promised to have one.
    @Test func values() {
        var fuzz = Fuzz(seed: 135)
        let options = OptionTable.options
        let texts = ["", "1", "-5", "0x1f", "1.5", "true", "a,b, c", "1,2", Self.address, Self.word, "http://u@h:80/x?y", "I:\(Self.word):0x01020304,C:\(Self.word)", "\(Self.address):5", "PUBLIC_VM,BASE_PARITY", "auto"]
        var accepted = 0
        for round in 0..<Fuzz.rounds(short: 10_000) {
            let option = options[round % options.count]
            let text = fuzz.alteredText(fuzz.pick(texts))
            let isExpected = option.kind.expectation(text) == nil
            let value = try? option.kind.parse(text, default: option.defaultValue)
            if isExpected {
                accepted += 1
                #expect(value != nil, "\(option.title) «\(text)»")
            }
            _ = value?.int
            _ = ResolvedConfiguration.redactedURL(text)
        }
        #expect(accepted > 1000)
    }
}
