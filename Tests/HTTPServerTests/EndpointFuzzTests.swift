import Compression
import FuzzKit
import HTTPServer
import Testing

/// Paths, methods and headers from anybody; bodies are the dispatcher's (NodeAPITests).
@Test func anyRequestHasAnAnswer() throws {
    var fuzz = Fuzz(seed: 61)
    let body = [UInt8](repeating: 0x61, count: 2000)
    var endpoint = RPCEndpoint(versionHeaders: { [] }, dispatch: { _ in .init(status: 200, body: body) })
    endpoint.pages["/metrics"] = { .text(200, "m") }
    var packed = 0
    for _ in 0..<Fuzz.rounds(short: 5_000) {
        var headers: [String: String] = [:]
        headers["accept-encoding"] = fuzz.alteredText(fuzz.pick(["gzip, deflate;q=0.5", "*", "identity", "deflate;q=1.0,gzip;q=0"]))
        if fuzz.below(4) == 0 { headers["access-control-request-method"] = fuzz.alteredText("POST") }
        if fuzz.below(4) == 0 { headers["access-control-request-headers"] = fuzz.alteredText("content-type") }
        let request = HTTPRequest(
            method: fuzz.below(3) == 0 ? fuzz.alteredText("POST") : fuzz.pick(["GET", "POST", "HEAD", "OPTIONS"]),
            path: fuzz.alteredText(fuzz.pick(["/", "/status", "/metrics/"])), headers: headers)
        let response = endpoint.handle(request)
        #expect((200...599).contains(response.status))
        guard response.headers.contains(where: { $0.name == "Content-Encoding" }) else { continue }
        packed += 1
        if packed % 50 == 0 { #expect(try Gzip.decompress(response.body, limit: 4096) == body) }
    }
    #expect(packed > 20)
}
