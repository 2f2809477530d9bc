public import JSON

/// A deployed contract.
public struct ContractInstanceWithAddress: Hashable, Sendable {
    public var instance: ContractInstance
    public var address: AztecAddress

    public init(instance: ContractInstance, address: AztecAddress) {
        self.instance = instance
        self.address = address
    }
}

extension ContractInstanceWithAddress: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        instance.writeMembers(to: &writer)
        writer.member("address", address)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        instance = try ContractInstance(json: json)
        address = try json.decode("address")
    }
}
