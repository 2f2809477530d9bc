import JSON
import Protocol

/// A consensus host's address with its API key, given as query parameter or, when a header name is set, as header.
public struct ConsensusHostAddress: Hashable, Sendable {
    public var address: HTTPAddress
    public var apiKey: String?
    public var apiKeyHeader: String?

    public init(_ address: HTTPAddress, apiKey: String? = nil, apiKeyHeader: String? = nil) {
        self.address = address
        self.apiKey = apiKey
        self.apiKeyHeader = apiKeyHeader
    }
}

/// A beacon node: sidecars by slot, the slot found by the root of the beacon block before.
@LoopActor final class ConsensusHost: BlobSource {
    /// A block may stand in a later slot than the one after its parent: missed slots are skipped, at most so many.
    static let missedSlots: UInt64 = 10

    let host: ConsensusHostAddress
    let http: BlobHTTP
    /// Finds the parent's root of an L1 block, where the request does not bring it.
    let parentRoot: (Bytes32) async throws(L1Error) -> Bytes32
    let slots: BeaconSlots
    var name: String { "consensus host \(host.address)" }

    init(_ host: ConsensusHostAddress, slots: BeaconSlots, http: BlobHTTP, parentRoot: @escaping (Bytes32) async throws(L1Error) -> Bytes32) {
        self.host = host
        self.slots = slots
        self.http = http
        self.parentRoot = parentRoot
    }

    private func get(_ path: String, _ what: String) async throws(L1Error) -> HTTPResponse {
        var headers: [(name: String, value: String)] = []
        var query: [(name: String, value: String)] = []
        if let key = host.apiKey, !key.isEmpty {
            if let header = host.apiKeyHeader, !header.isEmpty { headers.append((header, key)) } else { query.append(("key", key)) }
        }
        return try await http.get(host.address.appending(path, query: query), headers: headers, host: name, what: what)
    }

    func candidates(for request: BlobRequest, wanted: Set<Bytes32>) async throws(L1Error) -> [Bytes32: BlobCandidate] {
        let first = try await slot(for: request)
        for slot in first...(first + Self.missedSlots) {
            let response = try await get("/eth/v1/beacon/blob_sidecars/\(slot)", "blob_sidecars of slot \(slot)")
            if response.status == 404 { continue }
            slots.remember(slot, for: request.l1BlockHash)
            do throws(JSONError) { return try SidecarReader.sidecars(response.body, wanted: wanted) } catch {
                throw L1Error(.badAnswer, host: name, method: "blob_sidecars of slot \(slot)", "the answer for \(request.text) is wrong: \(error)")
            }
        }
        return [:]
    }

    /// First slot that can hold the L1 block. Any host's answer serves all.
    private func slot(for request: BlobRequest) async throws(L1Error) -> UInt64 {
        if let known = slots.slot(of: request.l1BlockHash) { return known }
        let root: Bytes32
        if let given = request.parentBeaconBlockRoot { root = given } else { root = try await parentRoot(request.l1BlockHash) }
        let what = "header of beacon block \(root)"
        let response = try await get("/eth/v1/beacon/headers/\(root.hex)", what)
        guard response.status == 200 else {
            throw L1Error(.unreachable, host: name, method: what, "it does not know this beacon block", advice: "is it synced and on the right network?")
        }
        let slot: UInt64
        do throws(JSONError) {
            let message = try JSONDocument.parse(response.body, maximumDepth: 32).root.required("data").required("header").required("message")
            let element = try message.required("slot")
            guard let number = element.uint64 ?? element.string.flatMap({ UInt64($0) }), number < UInt64.max - 100 else { throw JSONError("a slot is expected", at: element) }
            slot = number + 1
        } catch {
            throw L1Error(.badAnswer, host: name, method: what, "the answer is wrong: \(error)")
        }
        slots.remember(slot, for: request.l1BlockHash)
        return slot
    }

    func probe() async throws(L1Error) {
        let response = try await get("/eth/v1/beacon/headers", "headers")
        if response.status == 404 {
            throw L1Error(.badAnswer, host: name, method: "headers", "HTTP 404", advice: "check L1_CONSENSUS_HOST_URLS: this is no beacon API")
        }
    }
}

/// Beacon slots of recent L1 blocks, shared by the consensus hosts.
@LoopActor final class BeaconSlots {
    private var slots: [Bytes32: UInt64] = [:]
    private var order: [Bytes32] = []
    static let capacity = 256

    func slot(of block: Bytes32) -> UInt64? { slots[block] }

    func remember(_ slot: UInt64, for block: Bytes32) {
        if slots.updateValue(slot, forKey: block) == nil { order.append(block) }
        if order.count > Self.capacity { slots.removeValue(forKey: order.removeFirst()) }
    }
}
