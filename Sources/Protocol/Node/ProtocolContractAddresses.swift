public import JSON

/// The contracts every chain starts with.
public struct ProtocolContractAddresses: Hashable, Sendable {
    public var classRegisterer: AztecAddress
    public var feeJuice: AztecAddress
    public var instanceDeployer: AztecAddress
    public var multiCallEntrypoint: AztecAddress

    public init(classRegisterer: AztecAddress, feeJuice: AztecAddress, instanceDeployer: AztecAddress, multiCallEntrypoint: AztecAddress) {
        self.classRegisterer = classRegisterer
        self.feeJuice = feeJuice
        self.instanceDeployer = instanceDeployer
        self.multiCallEntrypoint = multiCallEntrypoint
    }
}

extension ProtocolContractAddresses: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("classRegisterer", classRegisterer)
        writer.member("feeJuice", feeJuice)
        writer.member("instanceDeployer", instanceDeployer)
        writer.member("multiCallEntrypoint", multiCallEntrypoint)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        classRegisterer = try json.decode("classRegisterer")
        feeJuice = try json.decode("feeJuice")
        instanceDeployer = try json.decode("instanceDeployer")
        multiCallEntrypoint = try json.decode("multiCallEntrypoint")
    }
}
