public import Field
public import JSON

/// What may run in the setup phase of a tx: everything of a contract or class, or one function of it.
public struct AllowedElement: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        case address(AztecAddress)
        case classId(Fr)
    }

    public var target: Target
    public var selector: FunctionSelector?

    public init(_ target: Target, selector: FunctionSelector? = nil) {
        self.target = target
        self.selector = selector
    }
}

extension AllowedElement: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        switch target {
        case .address(let address): writer.member("address", address)
        case .classId(let classId): writer.member("classId", classId)
        }
        writer.member("selector", ifPresent: selector)
        writer.endObject()
    }

    /// The first that fits of address with selector, address, class with selector, class. A selector that is no hex
    /// string is as if absent; one of the wrong length is an error.
    public init(json: JSONElement) throws(JSONError) {
        if let address = json["address"], (try? address.hexDigits())?.count == 64 {
            target = .address(try address.decode())
        } else {
            target = .classId(try json.decode("classId"))
        }
        guard let selector = json["selector"], (try? selector.hexDigits()) != nil else { return }
        self.selector = try selector.decode()
    }
}
