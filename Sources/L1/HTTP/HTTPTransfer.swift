import CCurl

/// State of one exchange that libcurl writes into. The client keeps it alive until libcurl has let go of it.
final class HTTPTransfer {
    let handle: UnsafeMutableRawPointer
    let limit: Int
    var headerList: UnsafeMutablePointer<curl_slist>?
    var body: [UInt8] = []
    var headers: [String: String] = [:]
    var isTooLarge = false
    var completion: ((Result<HTTPResponse, HTTPFailure>) -> Void)?

    init(handle: UnsafeMutableRawPointer, limit: Int) {
        self.handle = handle
        self.limit = limit
    }

    deinit { curl_slist_free_all(headerList) }

    /// Number of bytes taken; fewer than given ends the transfer.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard bytes.count <= limit - body.count else {
            isTooLarge = true
            return 0
        }
        if body.isEmpty, let announced = headers["content-length"].flatMap({ Int($0) }), announced > bytes.count {
            // The announced size is only a hint (and that of the compressed form).
            body.reserveCapacity(min(announced, limit, 4 << 20))
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) {
        if line.starts(with: "HTTP/".utf8) { headers = [:] }  // what came before belonged to another response
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        guard headers.count < 128, line.count < 8192 else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        var value = line[(colon + 1)...]
        while let first = value.first, first <= 0x20 { value.removeFirst() }
        while let last = value.last, last <= 0x20 { value.removeLast() }
        headers[name] = String(decoding: value, as: UTF8.self)
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> HTTPTransfer {
        Unmanaged<HTTPTransfer>.fromOpaque(pointer!).takeUnretainedValue()
    }
}

/// libcurl's codes as our failures.
extension HTTPFailure {
    init(_ code: CURLcode, limit: Int, isTooLarge: Bool) {
        let text = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_WRITE_ERROR where isTooLarge: self = .tooLarge(limit: limit)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: self = .unreachable(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER:
            self = .tls(text)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .badAddress(text)
        default: self = .broken(text)
        }
    }
}
