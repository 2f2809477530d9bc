import Compression
import HTTPServer
import Synchronization
import Testing

func endpoint(_ limit: Int = 52_428_800, together: Int = 256 << 20, echo: Bool = true) throws -> HTTPServer {
    var endpoint = RPCEndpoint(versionHeaders: { [("x-aztec-rollupVersion", "7")] }) { body in
        body == Array("bad".utf8) ? .init(status: 400, body: Array("{}".utf8), isBare: true) : .init(status: 200, body: body)
    }
    endpoint.pages["/metrics"] = { .text(200, "aztec_up 1\n") }
    let fixed = endpoint
    var options = HTTPServer.Options(port: 0)
    options.maximumBodyBytes = limit
    options.maximumBodyBytesTogether = together
    return try HTTPServer(options, handler: { fixed.handle($0) }, failureHandler: { fixed.refuse($0, $1) })
}

/// Rows of note 08 §1.2, with the headers of the recorded `http` lines.
@Suite struct Transport {
    @Test func routes() throws {
        let server = try endpoint()
        defer { server.stop() }
        let port = server.port
        let status = try #require(once(port, "GET", "/status"))
        #expect(status.status == 200 && status.text == "OK" && status.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(status.headers["access-control-allow-origin"] == "*" && status.headers["vary"] == "Accept-Encoding, Origin")
        #expect(status.headers["x-aztec-rollupversion"] == "7" && status.headers["content-length"] == "2")
        let head = try #require(once(port, "HEAD", "/status"))
        #expect(head.status == 200 && head.body.isEmpty)
        let post = try #require(once(port, "POST", "/status", body: "{}"))
        #expect(post.status == 405 && post.headers["allow"] == "HEAD, GET" && post.text == "Method Not Allowed")
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let answer = try #require(once(port, method, "/"))
            #expect(answer.status == 405 && answer.headers["allow"] == "POST" && answer.text == "Method Not Allowed")
        }
        let options = try #require(once(port, "OPTIONS", "/"))
        #expect(options.status == 200 && options.headers["allow"] == "POST" && options.body.isEmpty && options.headers["access-control-allow-origin"] == nil)
        let preflight = try #require(once(port, "OPTIONS", "/", headers: ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type", "Origin: http://x"]))
        #expect(preflight.status == 204 && preflight.headers["access-control-allow-methods"] == "GET,HEAD,PUT,POST,DELETE,PATCH")
        #expect(preflight.headers["access-control-allow-headers"] == "content-type" && preflight.headers["access-control-allow-origin"] == "*")
        #expect(once(port, "GET", "/nothing")?.text == "Not Found" && once(port, "POST", "/nothing", body: "{}")?.status == 404)
        #expect(once(port, "GET", "/metrics?x=1")?.text == "aztec_up 1\n")
        let bare = try #require(once(port, "POST", "/", body: "bad"))
        #expect(bare.status == 400 && bare.headers["access-control-allow-origin"] == nil)
    }

    @Test func connectionsAreKeptAndBodiesComeInPieces() throws {
        let server = try endpoint()
        defer { server.stop() }
        let client = Client(port: server.port)
        defer { client.finish() }
        for size in [1, 100, 1 << 20, 3] {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(client.exchange("POST", "/", body: body)?.body == body)
        }
        client.write(Array("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8))
        #expect(client.read()?.text == "abcde")
    }

    @Test func compressionBothWays() throws {
        let server = try endpoint()
        defer { server.stop() }
        let client = Client(port: server.port)
        defer { client.finish() }
        let body = [UInt8](repeating: 65, count: 5000)
        let zipped = try #require(client.exchange("POST", "/", body: Gzip.compress(body), headers: ["Content-Encoding: gzip", "Accept-Encoding: deflate;q=0.5, gzip"]))
        #expect(zipped.headers["content-encoding"] == "gzip" && zipped.headers["content-length"].flatMap(Int.init)! < 200)
        #expect(try Gzip.decompress(zipped.body) == body)
        let deflated = try #require(client.exchange("POST", "/", body: Gzip.compress(body, format: .zlib), headers: ["Content-Encoding: deflate", "Accept-Encoding: br, deflate"]))
        #expect(try deflated.headers["content-encoding"] == "deflate" && Gzip.decompress(deflated.body, format: .zlib) == body)
        #expect(client.exchange("POST", "/", body: body, headers: ["Accept-Encoding: br"])?.body == body)
        #expect(client.exchange("POST", "/", body: [UInt8](body[..<1023]), headers: ["Accept-Encoding: gzip"])?.headers["content-encoding"] == nil)
        #expect(client.exchange("POST", "/", body: body, headers: ["Accept-Encoding: gzip;q=0"])?.headers["content-encoding"] == nil)
        let broken = try #require(client.exchange("POST", "/", body: body, headers: ["Content-Encoding: gzip"]))
        #expect(broken.status == 500 && broken.text.hasPrefix(#"{"jsonrpc":"2.0","error":{"code":-32600,"message":"compressed data is corrupt"#))
    }

    @Test func limits() throws {
        let server = try endpoint(1000)
        defer { server.stop() }
        #expect(once(server.port, "POST", "/", body: String(repeating: "a", count: 1000))?.status == 200)
        let large = try #require(once(server.port, "POST", "/", body: String(repeating: "a", count: 1001)))
        #expect(large.status == 500 && large.text == #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"request entity too large"},"id":null}"#)
        #expect(large.headers["access-control-allow-origin"] == nil)
        // Chunked bodies tell no length in advance.
        let client = Client(port: server.port)
        defer { client.finish() }
        client.write(Array("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n".utf8) + [UInt8](repeating: 65, count: 4096) + Array("\r\n0\r\n\r\n".utf8))
        #expect(client.read()?.status == 500)
        // A small body that inflates beyond the limit.
        let bomb = Client(port: server.port)
        defer { bomb.finish() }
        #expect(bomb.exchange("POST", "/", body: Gzip.compress([UInt8](repeating: 0, count: 100_000)), headers: ["Content-Encoding: gzip"])?.status == 500)
        let busy = try endpoint(1000, together: 500)
        defer { busy.stop() }
        #expect(once(busy.port, "POST", "/", body: String(repeating: "a", count: 600))?.status == 503)
        #expect(once(busy.port, "POST", "/", body: String(repeating: "a", count: 400))?.status == 200)
    }

    @Test func garbageIsAnsweredOrClosed() throws {
        let server = try endpoint()
        defer { server.stop() }
        var state: UInt64 = 7
        for _ in 0..<200 {
            let client = Client(port: server.port, milliseconds: 50)
            var bytes = Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello".utf8)
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            client.write(bytes)
            shutdownWrites(client)
            _ = client.read()
            client.finish()
        }
        #expect(once(server.port, "GET", "/status")?.status == 200)
    }

    @Test func takenPortsAreNamed() throws {
        let server = try endpoint()
        defer { server.stop() }
        #expect(throws: HTTPServerError.self) { _ = try HTTPServer(.init(port: server.port), handler: { _ in .text(200, "") }) }
    }
}
