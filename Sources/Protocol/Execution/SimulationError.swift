public import Field

/// Why a simulated call failed.
public struct SimulationError: Hashable, Sendable, Error {
    /// A function of the call stack, outermost first.
    public struct FailingFunction: Hashable, Sendable {
        public var contractAddress: AztecAddress
        public var contractName: String?
        public var functionSelector: FunctionSelector?
        public var functionName: String?

        public init(contractAddress: AztecAddress, contractName: String? = nil, functionSelector: FunctionSelector? = nil, functionName: String? = nil) {
            self.contractAddress = contractAddress
            self.contractName = contractName
            self.functionSelector = functionSelector
            self.functionName = functionName
        }
    }

    /// A place in the contract's source.
    public struct SourceCodeLocation: Hashable, Sendable {
        public var filePath: String
        public var line: Int
        public var column: Int
        public var fileSource: String
        public var locationText: String

        public init(filePath: String, line: Int, column: Int, fileSource: String, locationText: String) {
            self.filePath = filePath
            self.line = line
            self.column = column
            self.fileSource = fileSource
            self.locationText = locationText
        }
    }

    /// Where inside the failing function: resolved with debug information, or opcode names.
    public enum NoirCallStack: Hashable, Sendable {
        case resolved([SourceCodeLocation])
        case opcodes([String])
    }

    public var originalMessage: String
    public var functionErrorStack: [FailingFunction]
    public var noirErrorStack: NoirCallStack?
    public var revertData: [Fr]

    public init(originalMessage: String, functionErrorStack: [FailingFunction], revertData: [Fr] = [], noirErrorStack: NoirCallStack? = nil) {
        self.originalMessage = originalMessage
        self.functionErrorStack = functionErrorStack
        self.revertData = revertData
        self.noirErrorStack = noirErrorStack
    }

    /// The message, with the text of the failing assertion when it is known.
    public var message: String {
        guard case .resolved(let locations)? = noirErrorStack, let last = locations.last else { return originalMessage }
        return "\(originalMessage) '\(last.locationText)'"
    }

    /// Message and call stack, innermost first, as the reference prints a failed simulation.
    public var stack: String {
        var lines = functionErrorStack.map { function in
            let name = function.functionName ?? function.functionSelector?.hex ?? "unknown"
            return "at \(function.contractName ?? function.contractAddress.hex).\(name)"
        }
        switch noirErrorStack {
        case .resolved(let locations):
            lines += locations.map { "at \($0.locationText) (\($0.filePath):\($0.line):\($0.column))" }
        case .opcodes(let opcodes): lines += opcodes.map { "at opcode \($0)" }
        case nil: break
        }
        return (["Simulation error: \(message)"] + lines.reversed()).joined(separator: "\n")
    }
}
