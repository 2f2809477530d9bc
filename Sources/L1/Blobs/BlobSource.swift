import Protocol

/// A place that blobs come from.
@LoopActor protocol BlobSource: AnyObject {
    /// Printable name.
    var name: String { get }
    /// Wanted blobs that the source has; empty when it has none. Unverified.
    func candidates(for request: BlobRequest, wanted: Set<Bytes32>) async throws(L1Error) -> [Bytes32: BlobCandidate]
    /// Whether it answers at all.
    func probe() async throws(L1Error)
}

/// GET with the retries of note 05 §11: after 1, 1 and 3 seconds, on transport failures only.
@LoopActor struct BlobHTTP {
    var client: HTTPClient
    var sleep: (Duration) async -> Void
    var retries: [Duration]
    var timeout: Duration
    /// Nine blobs of 262 kB hex with their proofs are under 3 MB.
    var maximumBytes = 32 << 20

    /// The response with status 200 or 404; everything else is an error that names the host.
    func get(_ url: HTTPAddress, headers: [(name: String, value: String)] = [], host: String, what: String) async throws(L1Error) -> HTTPResponse {
        var attempt = 0
        while true {
            let outcome = await client.send(HTTPRequest(.get, url, headers: headers, timeout: timeout, maximumResponseBytes: maximumBytes))
            switch outcome {
            case .success(let response):
                if response.status == 200 || response.status == 404 { return response }
                throw refusal(response, host: host, what: what)
            case .failure(.cancelled): throw L1Error(.cancelled, host: host, method: what, "cancelled")
            case .failure(let failure):
                guard attempt < retries.count else {
                    throw L1Error(.unreachable, host: host, method: what, failure.description, advice: "check the address and that the host is up")
                }
                await sleep(retries[attempt])
                attempt += 1
            }
        }
    }

    private func refusal(_ response: HTTPResponse, host: String, what: String) -> L1Error {
        let text = String(decoding: response.body.prefix(160).map { $0 >= 0x20 && $0 < 0x7f ? $0 : 0x20 }, as: UTF8.self)
        let said = "HTTP \(response.status)" + (text.isEmpty ? "" : ": \(text)")
        switch response.status {
        case 429:
            return L1Error(
                .rateLimited, host: host, method: what, said, advice: "its request allowance is used up: raise the plan or add another source of blobs",
                retryAfter: response.retryAfter ?? .seconds(5))
        case 401, 403:
            return L1Error(
                .unauthorized, host: host, method: what, said,
                advice: "check L1_CONSENSUS_HOST_API_KEYS and L1_CONSENSUS_HOST_API_KEY_HEADERS", retryAfter: .seconds(30))
        default: return L1Error(.unreachable, host: host, method: what, said, retryAfter: response.retryAfter)
        }
    }
}
