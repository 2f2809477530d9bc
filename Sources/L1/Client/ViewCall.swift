import Bytes
import Protocol

/// A read of a contract: where, what, and how to read the answer.
public struct ViewCall<Output: Sendable>: Sendable {
    public var to: EthAddress
    public var function: ABIFunction
    public var data: [UInt8]
    /// nil: the values are not what the function returns (out of range).
    let read: @Sendable ([ABIValue]) -> Output?

    public init(_ to: EthAddress, _ function: ABIFunction, _ arguments: [ABIValue] = [], read: @escaping @Sendable ([ABIValue]) -> Output?) {
        guard let data = function.encode(arguments) else { preconditionFailure("arguments do not fit \(function.signature)") }
        self.to = to
        self.function = function
        self.data = data
        self.read = read
    }
}

extension ViewCall where Output == EthAddress {
    public static func address(_ to: EthAddress, _ function: ABIFunction, _ arguments: ABIValue...) -> ViewCall {
        ViewCall(to, function, arguments) { $0[0].bytes.flatMap { EthAddress($0) } }
    }
}

extension ViewCall where Output == UInt64 {
    public static func number(_ to: EthAddress, _ function: ABIFunction, _ arguments: ABIValue...) -> ViewCall {
        ViewCall(to, function, arguments) { $0[0].uint64 }
    }
}

extension ViewCall where Output == UInt256 {
    public static func word(_ to: EthAddress, _ function: ABIFunction, _ arguments: ABIValue...) -> ViewCall {
        ViewCall(to, function, arguments) { $0[0].integer }
    }
}
