public import JSON

extension SimulationError: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("originalMessage", originalMessage)
        writer.member("functionErrorStack", functionErrorStack)
        writer.member("noirErrorStack", ifPresent: noirErrorStack)
        writer.member("revertData", revertData)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        originalMessage = try json.decode("originalMessage")
        functionErrorStack = try json.decodeArray("functionErrorStack")
        noirErrorStack = try json.decodeIfPresent("noirErrorStack")
        revertData = try json.decodeArray("revertData")
    }
}

extension SimulationError.FailingFunction: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("contractAddress", contractAddress)
        writer.member("contractName", ifPresent: contractName)
        writer.member("functionSelector", ifPresent: functionSelector)
        writer.member("functionName", ifPresent: functionName)
        writer.endObject()
    }

    /// The selector may be null, the names may not.
    public init(json: JSONElement) throws(JSONError) {
        contractAddress = try json.decode("contractAddress")
        contractName = try json.decodeIfPresent("contractName")
        functionSelector = json["functionSelector"]?.isNull == true ? nil : try json.decodeIfPresent("functionSelector")
        functionName = try json.decodeIfPresent("functionName")
    }
}

extension SimulationError.NoirCallStack: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .resolved(let locations): writer.value(locations)
        case .opcodes(let opcodes): writer.value(opcodes)
        }
    }

    public init(json: JSONElement) throws(JSONError) {
        self = json.isArray && json.elements.first?.isString == true ? .opcodes(try json.decodeArray()) : .resolved(try json.decodeArray())
    }
}

extension SimulationError.SourceCodeLocation: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("filePath", filePath)
        writer.member("line", line)
        writer.member("column", column)
        writer.member("fileSource", fileSource)
        writer.member("locationText", locationText)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        filePath = try json.decode("filePath")
        line = try json.required("line").plainNonNegative()
        column = try json.required("column").plainNonNegative()
        fileSource = try json.decode("fileSource")
        locationText = try json.decode("locationText")
    }
}
