import Bytes
import Field
import JSON
import Protocol

/// One type of the set under the name its file has. Which forms it has is seen from its conformances.
struct TypeEntry: Sendable {
    let name: String
    let decode: (@Sendable ([UInt8]) throws -> Any)?
    let parse: (@Sendable (JSONElement) throws -> Any)?
    let derive: @Sendable (Any, JSONTree) throws -> [String: JSONTree]
    let identify: (@Sendable (Any) throws -> String)?

    /// - Parameters:
    ///   - derived: members of a case's `derived`, computed; the second argument is what the case says, for members
    ///     that are inputs of others (return those as given).
    ///   - identity: the hash or signer that malformed bytes are asked for after they were accepted.
    init<T: Sendable>(
        _ name: String, _ type: T.Type,
        derived: (@Sendable (T, JSONTree) throws -> [String: JSONTree])? = nil,
        identity: (@Sendable (T) throws -> String)? = nil
    ) {
        self.name = name
        decode = type is any BinaryCodable.Type ? Self.decoder(type) : nil
        parse = type is any JSONDecodable.Type ? Self.parser(type) : nil
        derive = { value, given in
            guard let value = value as? T, let derived else { return [:] }
            return try derived(value, given)
        }
        identify = identity.map { identity in
            { @Sendable value in
                guard let value = value as? T else { preconditionFailure("\(name): a value of another type") }
                return try identity(value)
            }
        }
    }

    private static func decoder<T: Sendable>(_ type: T.Type) -> @Sendable ([UInt8]) throws -> Any {
        { bytes in
            guard let codable = T.self as? any BinaryCodable.Type else { preconditionFailure("\(T.self): no binary form") }
            return try decode(codable, bytes)
        }
    }

    private static func parser<T: Sendable>(_ type: T.Type) -> @Sendable (JSONElement) throws -> Any {
        { json in
            guard let decodable = T.self as? any JSONDecodable.Type else { preconditionFailure("\(T.self): no JSON form") }
            return try decodable.init(json: json)
        }
    }

    private static func decode<T: BinaryCodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> Any { try T(prefixOf: bytes) }

    static func bytes(of value: Any) -> [UInt8]? { (value as? any BinaryCodable)?.serialized }
    static func fields(of value: Any) -> [Fr]? { (value as? any FieldEncodable)?.toFields() }
    static func json(of value: Any) throws -> JSONTree? { try (value as? any JSONEncodable).map { try JSONTree.printed($0) } }
}
