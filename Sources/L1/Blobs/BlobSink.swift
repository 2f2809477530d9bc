import JSON
import Protocol

/// The reference's blob sink: sidecars by L1 block hash.
@LoopActor final class BlobSink: BlobSource {
    let address: HTTPAddress
    let http: BlobHTTP
    var name: String { "blob sink \(address)" }

    init(_ address: HTTPAddress, http: BlobHTTP) {
        self.address = address
        self.http = http
    }

    func candidates(for request: BlobRequest, wanted: Set<Bytes32>) async throws(L1Error) -> [Bytes32: BlobCandidate] {
        let url = address.appending("/eth/v1/beacon/blob_sidecars/\(request.l1BlockHash.hex)")
        let response = try await http.get(url, host: name, what: "blob_sidecars of L1 block \(request.l1BlockHash)")
        if response.status == 404 { return [:] }
        do throws(JSONError) { return try SidecarReader.sidecars(response.body, wanted: wanted) } catch {
            throw L1Error(.badAnswer, host: name, method: "blob_sidecars", "the answer for \(request.text) is wrong: \(error)")
        }
    }

    func probe() async throws(L1Error) {
        let response = try await http.get(address.appending("/status"), host: name, what: "status")
        if response.status == 404 { throw L1Error(.badAnswer, host: name, method: "status", "HTTP 404", advice: "check BLOB_SINK_URL: this is no blob sink") }
    }
}
