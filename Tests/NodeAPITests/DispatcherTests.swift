import JSON
import NodeAPI
import Testing

private func dispatcher() -> RPCDispatcher {
    RPCDispatcher(["x": .init(methods: ["note", "clear", "fail", "broken", "constructor2"]) { method, parameters throws(RPCFailure) in
        switch method {
        case "note": return Array(#"{"data":"b"}"#.utf8)
        case "clear": return nil
        case "fail": throw .failed("No \"way\"")
        default: throw .unprintable("why")
        }
    }])
}

private func answer(_ body: String) -> String {
    let answer = dispatcher().answer(Array(body.utf8))
    return "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
}

/// Rows of note 08 §1.2 and §1.3.
@Suite struct Dispatching {
    @Test func requests() {
        #expect(answer(#"{"method":"x_note","params":[1]}"#) == #"200 {"result":{"data":"b"}}"#)
        #expect(answer(#"{"method":"x_clear"}"#) == "200 {}")
        #expect(answer(#"{"method":"x_note_more","id":{"a":[1.0,"é"]},"jsonrpc":2}"#) == #"200 {"jsonrpc":2,"id":{"a":[1,"é"]},"result":{"data":"b"}}"#)
        #expect(answer(#"[{"jsonrpc":"2.0","id":43,"method":"x_clear"},1]"#)
            == #"200 [{"jsonrpc":"2.0","id":43},{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}]"#)
        #expect(answer(#"{"method":"x_fail","jsonrpc":"2.0","id":1}"#) == #"400 {"jsonrpc":"2.0","id":1,"error":{"code":-32702,"message":"No \"way\""}}"#)
        #expect(answer(#"[{"method":"x_note"},{"method":"x_broken"}]"#) == #"500 {"jsonrpc":"2.0","error":{"code":-32700,"message":"Unable to serialize response: why"}}"#)
    }

    @Test func unknownMethods() {
        for (method, shown) in [("\"y_note\"", "y_note"), ("\"x_other\"", "x_other"), ("\"x\"", "x"), ("\"x_\"", "x_"), ("\"\"", ""), ("\"constructor\"", "constructor"),
                                ("5", "5"), ("null", "null"), ("{}", "[object Object]"), ("[1,[2,null]]", "1,2,"), ("true", "true"), ("1e21", "1e+21")] {
            #expect(answer("{\"method\":\(method),\"id\":1}") == "400 {\"id\":1,\"error\":{\"code\":-32601,\"message\":\"Method not found: \(shown)\"}}")
        }
        #expect(answer("[[]]") == #"200 [{"error":{"code":-32601,"message":"Method not found: undefined"}}]"#)
    }

    @Test func bodiesThatAreNoRequest() {
        func parseError(_ text: String) -> String { "400 {\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\(JSONText.quoted("Parse error: " + text))}}" }
        #expect(answer("") == #"400 {"error":{"code":-32601,"message":"Method not found: undefined"}}"#)
        #expect(answer("[]") == #"400 {"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}"#)
        for scalar in ["1", "\"x\"", "null", "true", "x", " \n"] { #expect(answer(scalar) == parseError("invalid JSON, only supports object and array")) }
        #expect(answer("{") == parseError("Expected property name or '}' in JSON at position 1"))
        #expect(answer("[1,") == parseError("Unexpected end of JSON input"))
        #expect(answer("[1 2]") == parseError("Expected ',' or ']' after array element in JSON at position 3"))
        #expect(answer("{\"a\":1,}") == parseError("Expected double-quoted property name in JSON at position 7"))
        #expect(answer("{\"a\" 1}") == parseError("Expected ':' after property name in JSON at position 5"))
        #expect(answer("{} x") == parseError("Unexpected non-whitespace character after JSON in JSON at position 3"))
        #expect(answer("[\"\\q\"]") == parseError("Bad escaped character in JSON at position 3"))
        #expect(answer("[nul]") == parseError("Unexpected token ']', \"[nul]\" is not valid JSON"))
    }

    @Test func textThatIsNotUnicode() {
        #expect(answer(#"{"method":"\ud800","id":"\ud83d\ude00\udc00"}"#) == "400 {\"id\":\"😀\u{fffd}\",\"error\":{\"code\":-32601,\"message\":\"Method not found: \u{fffd}\"}}")
        let raw = dispatcher().answer(Array("{\"method\":\"".utf8) + [0xff] + Array("\"}".utf8))
        #expect(String(decoding: raw.body, as: UTF8.self) == "{\"error\":{\"code\":-32601,\"message\":\"Method not found: \u{fffd}\"}}")
        let deep = String(repeating: "[", count: 100_000)
        #expect(dispatcher().answer(Array(deep.utf8)).status == 400)
        #expect(dispatcher().answer(Array((deep + String(repeating: "]", count: 100_000)).utf8)).status == 400)
    }

    @Test func parametersMustBeAnArray() {
        for (value, shown) in [("{}", "[object Object]"), ("\"x\"", "x"), ("null", "null"), ("5", "5")] {
            #expect(answer("{\"method\":\"x_note\",\"params\":\(value)}") == "400 {\"error\":{\"code\":-32702,\"message\":\"Params to note is not an array: \(shown)\"}}")
        }
    }
}
