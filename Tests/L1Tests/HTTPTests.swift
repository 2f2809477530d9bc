import EventLoop
import Foundation
import L1
import LoopTestKit
import Testing

@Suite struct HTTPTests {
    @Test func addressesNeverShowSecrets() throws {
        let secrets = [
            "https://user:s3cr3tpass@host.example:8545/path": "s3cr3tpass",
            "https://mainnet.infura.io/v3/0123456789abcdef0123456789abcdef": "0123456789abcdef",
            "https://eth-mainnet.g.alchemy.com/v2/AbCdEfGhIjKlMnOpQrStUvWxYz012345": "AbCdEf",
            "https://x.quiknode.pro/deadbeefdeadbeef/": "deadbeef",
            "https://beacon.example/?key=topsecret": "topsecret",
            "https://beacon.example/k3yk3yk3": "k3yk3yk3",
        ]
        for (text, secret) in secrets {
            let address = try #require(HTTPAddress(text))
            for shown in ["\(address)", address.debugDescription, String(reflecting: address), "\(address.appending("/eth/v1/x", query: [("key", "another")]))"] {
                #expect(!shown.contains(secret), "\(shown)")
                #expect(!shown.contains("another"))
            }
            #expect("\(address)".hasPrefix("https://"))
        }
        #expect(HTTPAddress("https://host.example/v3/0123456789abcdef")!.description == "https://host.example/v3/…")
        for bad in ["", "ftp://x", "http://", "host:80", "http://a b", "http://:80"] { #expect(HTTPAddress(bad) == nil, "\(bad)") }
    }

    @Test func exchangesWork() async throws {
        let server = ScriptedServer { request in
            switch request.path {
            case "/big": .init(String(repeating: "x", count: 100_000))
            case "/slow":
                { Thread.sleep(forTimeInterval: 5); return .init("late") }()
            case "/close": .init("", status: 0)
            default: .init("\(request.method) \(request.body) \(request.headers["x-key"] ?? "-")", headers: [("Retry-After", "7")])
            }
        }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            let post = try await http.send(HTTPRequest(.post, server.address.appending("/echo"), headers: [("X-Key", "k")], body: Array("hello".utf8))).get()
            #expect(String(decoding: post.body, as: UTF8.self) == "POST hello k")
            #expect(post.retryAfter == .seconds(7))
            let get = try await http.send(HTTPRequest(.get, server.address.appending("/echo"))).get()
            #expect(String(decoding: get.body, as: UTF8.self) == "GET  -")
            let big = HTTPRequest(.get, server.address.appending("/big"), maximumResponseBytes: 50_000)
            #expect(await http.send(big) == .failure(.tooLarge(limit: 50_000)))
            #expect(await http.send(HTTPRequest(.get, server.address.appending("/slow"), timeout: .milliseconds(200))) == .failure(.timeout))
            if case .failure(.broken) = await http.send(HTTPRequest(.get, server.address.appending("/close"))) {} else { Issue.record("a closed connection is no answer") }
            if case .failure(.unreachable) = await http.send(HTTPRequest(.get, HTTPAddress("http://127.0.0.1:1")!)) {} else { Issue.record("nobody listens there") }
            // Cancelling a task ends its exchange at once.
            let task = Task { @LoopActor in await http.send(HTTPRequest(.get, server.address.appending("/slow"))) }
            await loop.sleep(.milliseconds(50))
            task.cancel()
            #expect(await task.value == .failure(.cancelled))
            http.close()
        }
    }

    @Test func compressedAnswersAreUnpackedWithinTheirBound() async throws {
        let packed = [UInt8](Data(base64Encoded: "H4sIAAAAAAACA6tWKkhMzk5NUbIqKSpNrQUAieC13A8AAAA=")!)
        let server = ScriptedServer { request in
            var answer = ScriptedServer.Answer("", headers: [("Content-Encoding", "gzip")])
            answer.body = packed
            return answer
        }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            let response = try await http.send(HTTPRequest(.get, server.address)).get()
            #expect(String(decoding: response.body, as: UTF8.self) == "{\"packed\":true}")
            #expect(await http.send(HTTPRequest(.get, server.address, maximumResponseBytes: 4)) == .failure(.tooLarge(limit: 4)))
            // One kept connection serves both.
            #expect(http.exchanges == 2)
        }
        #expect(server.requests[0].headers["accept-encoding"]?.contains("gzip") == true)
    }

    @Test func aTurnOfTheLoopEndsAfterAllThatIsReady() async throws {
        try await onLoop { loop in
            // Children of a loop task stay on the loop's thread and run in one turn.
            #expect(LoopExecutor.shared.isOnThread)
            async let a = where_()
            async let b = where_()
            let (first, second) = await (a, b)
            #expect(first && second)
            let before = EventLoop.monotonicNanos
            #expect(await loop.sleep(.milliseconds(30)) == false)
            #expect(EventLoop.monotonicNanos - before >= 30_000_000)
        }
    }

    @LoopActor private func where_() async -> Bool { LoopExecutor.shared.isOnThread }
}

extension HTTPResponse: Equatable {
    public static func == (a: HTTPResponse, b: HTTPResponse) -> Bool { a.status == b.status && a.body == b.body }
}
