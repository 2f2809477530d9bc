import Bytes
import Hashing

/// A contract function: name, parameter and result types, selector.
public struct ABIFunction: Hashable, Sendable {
    /// `name(type,…)`.
    public let signature: String
    public let inputs: [ABIType]
    public let outputs: [ABIType]
    public let selector: [UInt8]

    /// Declares a function; a malformed signature is a programming error.
    public init(_ signature: String, _ outputs: String = "()") {
        do throws(ABIType.Invalid) { try self.init(parsing: signature, outputs: outputs) } catch { preconditionFailure("\(signature): \(error)") }
    }

    public init(parsing signature: String, outputs: String) throws(ABIType.Invalid) {
        self.signature = signature
        inputs = try ABISignature.types(signature)
        self.outputs = try ABIType.list(outputs)
        selector = Array(Keccak256.hash(Array(signature.utf8)).prefix(4))
    }

    /// Calldata; nil when the arguments have not the declared types.
    public func encode(_ arguments: [ABIValue]) -> [UInt8]? { ABIEncoder.encode(arguments, as: inputs).map { selector + $0 } }

    /// Calldata of a call whose arguments are known to fit.
    public func calldata(_ arguments: ABIValue...) -> [UInt8] {
        guard let data = encode(arguments) else { preconditionFailure("arguments do not fit \(signature)") }
        return data
    }

    /// Arguments of calldata that begins with the selector.
    public func decodeArguments(_ calldata: ArraySlice<UInt8>) throws(DecodingError) -> [ABIValue] {
        guard calldata.starts(with: selector) else { throw DecodingError("not a call of \(signature)") }
        return try ABIDecoder.decode(calldata.dropFirst(4), as: inputs)
    }

    public func decodeResult(_ data: [UInt8]) throws(DecodingError) -> [ABIValue] { try ABIDecoder.decode(data, as: outputs) }
}

/// A contract event.
public struct ABIEvent: Hashable, Sendable {
    public let signature: String
    public let inputs: [ABIType]
    public let indexed: [Bool]
    public let topic: [UInt8]

    /// `indexed`: positions of the indexed parameters.
    public init(_ signature: String, indexed: [Int] = []) {
        do throws(ABIType.Invalid) { try self.init(parsing: signature, indexed: indexed) } catch { preconditionFailure("\(signature): \(error)") }
    }

    public init(parsing signature: String, indexed: [Int]) throws(ABIType.Invalid) {
        self.signature = signature
        let inputs = try ABISignature.types(signature)
        self.inputs = inputs
        self.indexed = inputs.indices.map(indexed.contains)
        topic = Keccak256.hash(Array(signature.utf8))
    }

    /// Values in order of declaration. An indexed parameter of dynamic type is only its hash (32 bytes).
    public func decode(topics: [[UInt8]], data: [UInt8]) throws(DecodingError) -> [ABIValue] {
        guard topics.first == topic else { throw DecodingError("the log is no \(signature)") }
        guard topics.count == 1 + indexed.count(where: { $0 }) else { throw DecodingError("\(signature): \(topics.count) topics") }
        var rest = topics.dropFirst()[...]
        var plain = try ABIDecoder.decode(data, as: zip(inputs, indexed).filter { !$0.1 }.map(\.0))[...]
        var values: [ABIValue] = []
        for (type, isIndexed) in zip(inputs, indexed) {
            if !isIndexed {
                values.append(plain.removeFirst())
            } else {
                let topic = rest.removeFirst()
                guard topic.count == 32 else { throw DecodingError("\(signature): a topic of \(topic.count) bytes") }
                switch type {
                case .bytes, .string, .array, .fixedArray, .tuple: values.append(.bytes(topic))
                default: values.append(try ABIDecoder.decode(topic, as: [type])[0])
                }
            }
        }
        return values
    }

    /// Topics and data of such a log; nil when the values have not the declared types.
    public func encode(_ values: [ABIValue]) -> (topics: [[UInt8]], data: [UInt8])? {
        guard values.count == inputs.count else { return nil }
        var topics = [topic]
        var plain: [(ABIValue, ABIType)] = []
        for ((value, type), isIndexed) in zip(zip(values, inputs), indexed) {
            if !isIndexed {
                plain.append((value, type))
            } else {
                guard !type.isDynamic, let word = ABIEncoder.encode([value], as: [type]), word.count == 32 else { return nil }
                topics.append(word)
            }
        }
        return ABIEncoder.encode(plain.map(\.0), as: plain.map(\.1)).map { (topics, $0) }
    }
}

/// A custom error of a contract.
public struct ABIError: Hashable, Sendable {
    public let name: String
    public let signature: String
    public let inputs: [ABIType]
    public let selector: [UInt8]

    public init(_ signature: String) {
        self.signature = signature
        name = String(signature.prefix { $0 != "(" })
        do throws(ABIType.Invalid) { inputs = try ABISignature.types(signature) } catch { preconditionFailure("\(signature): \(error)") }
        selector = Array(Keccak256.hash(Array(signature.utf8)).prefix(4))
    }
}

enum ABISignature {
    static func types(_ signature: String) throws(ABIType.Invalid) -> [ABIType] {
        guard let open = signature.firstIndex(of: "("), open != signature.startIndex else { throw ABIType.Invalid("«\(signature)» has no parameter list") }
        return try ABIType.list(signature[open...])
    }
}
