import Blobs
import Configuration
import EventLoop
import L1
import Protocol

/// The clients for L1 and blob hosts, made from the configuration.
@LoopActor final class L1Connection {
    let http: HTTPClient
    let client: L1Client
    let blobs: BlobClient
    private let configuration: ResolvedConfiguration

    init(_ configuration: ResolvedConfiguration, loop: EventLoop) throws {
        self.configuration = configuration
        func address(_ text: String, _ option: String) throws(L1Error) -> HTTPAddress {
            guard let address = HTTPAddress(text) else {
                throw L1Error(.noHost, "\(option): «\(ResolvedConfiguration.redactedURL(text))» is no http or https address", advice: "correct it and start again")
            }
            return address
        }
        http = HTTPClient(loop: loop)
        client = L1Client(
            hosts: try configuration.l1RPCURLs.map { text throws(L1Error) in try address(text, "--l1-rpc-urls (ETHEREUM_HOSTS)") },
            chainID: UInt64(configuration.l1ChainID), http: http, loop: loop)
        var sources = BlobClient.Configuration()
        sources.sink = try configuration.blobSinkURL.map { text throws(L1Error) in try address(text, "--archiver.blobSinkUrl (BLOB_SINK_URL)") }
        sources.archive = try configuration.blobArchiveURL.map { text throws(L1Error) in try address(text, "--archiver.archiveApiUrl (BLOB_SINK_ARCHIVE_API_URL)") }
        for host in configuration.consensusHosts {
            sources.consensusHosts.append(ConsensusHostAddress(
                try address(host.url, "--l1-consensus-host-urls (L1_CONSENSUS_HOST_URLS)"), apiKey: host.apiKey, apiKeyHeader: host.apiKeyHeader))
        }
        blobs = try BlobClient(sources, l1: client, http: http, loop: loop, verifier: BlobVerifier(try KZG()))
    }

    func registry() throws(L1Error) -> EthAddress {
        guard let text = configuration.l1Contract("registryAddress"), let address = EthAddress(hex: text), !address.isZero else {
            throw L1Error(.noHost, "no registry address", advice: "set --registry-address (REGISTRY_CONTRACT_ADDRESS) or choose a network with --network")
        }
        return address
    }
}
