import JSON
import Protocol

/// Blobscan: old blobs by L1 block hash.
@LoopActor final class BlobArchive: BlobSource {
    let address: HTTPAddress
    let http: BlobHTTP
    var name: String { "blob archive \(address)" }

    init(_ address: HTTPAddress, http: BlobHTTP) {
        self.address = address
        self.http = http
    }

    func candidates(for request: BlobRequest, wanted: Set<Bytes32>) async throws(L1Error) -> [Bytes32: BlobCandidate] {
        let url = address.appending("/blocks/\(request.l1BlockHash.hex)", query: [("type", "canonical"), ("expand", "blob,blob_data")])
        let response = try await http.get(url, host: name, what: "block \(request.l1BlockHash)")
        if response.status == 404 { return [:] }
        do throws(JSONError) { return try SidecarReader.archiveBlock(response.body, wanted: wanted) } catch {
            throw L1Error(.badAnswer, host: name, method: "blocks", "the answer for \(request.text) is wrong: \(error)")
        }
    }

    func probe() async throws(L1Error) {
        let url = address.appending("/blocks", query: [("sort", "desc"), ("type", "canonical"), ("p", "1"), ("ps", "1")])
        let response = try await http.get(url, host: name, what: "latest block")
        if response.status == 404 {
            throw L1Error(.badAnswer, host: name, method: "latest block", "HTTP 404", advice: "check BLOB_SINK_ARCHIVE_API_URL: this is no Blobscan API")
        }
    }
}
