public import Bytes
public import JSON

/// Public inputs of the private kernel tail: what a tx says about itself. 24,422 bytes for a private-only tx, 54,155
/// for one with public calls (note 02 §4).
public struct PrivateKernelTailCircuitPublicInputs: Hashable, Sendable, BinaryCodable {
    /// A tx goes either to public execution or straight to the rollup.
    public enum Destination: Hashable, Sendable {
        case forPublic(PrivateTailForPublic)
        case forRollup(PrivateToRollupAccumulatedData)
    }

    public var constants: TxConstantData
    public var rollupValidationRequests: RollupValidationRequests
    /// Gas of private execution, with the teardown limits when the tx has a teardown call.
    public var gasUsed: Gas
    public var feePayer: AztecAddress
    public var destination: Destination

    public static let byteCountForRollup = 24_422
    public static let byteCountForPublic = 54_155

    public init(
        constants: TxConstantData, rollupValidationRequests: RollupValidationRequests, gasUsed: Gas, feePayer: AztecAddress,
        destination: Destination
    ) {
        self.constants = constants
        self.rollupValidationRequests = rollupValidationRequests
        self.gasUsed = gasUsed
        self.feePayer = feePayer
        self.destination = destination
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let isForPublic = try reader.readUInt8("isForPublic") != 0
        constants = try TxConstantData(from: &reader)
        rollupValidationRequests = try RollupValidationRequests(from: &reader)
        gasUsed = try Gas(from: &reader)
        feePayer = try AztecAddress(from: &reader)
        destination = isForPublic
            ? .forPublic(try PrivateTailForPublic(from: &reader)) : .forRollup(try PrivateToRollupAccumulatedData(from: &reader))
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt8(isForPublic ? 1 : 0))
        constants.write(to: &writer)
        rollupValidationRequests.write(to: &writer)
        gasUsed.write(to: &writer)
        feePayer.write(to: &writer)
        switch destination {
        case .forPublic(let data): data.write(to: &writer)
        case .forRollup(let end): end.write(to: &writer)
        }
    }

    public var isForPublic: Bool { forPublic != nil }

    public var forPublic: PrivateTailForPublic? {
        if case .forPublic(let data) = destination { data } else { nil }
    }

    public var forRollup: PrivateToRollupAccumulatedData? {
        if case .forRollup(let end) = destination { end } else { nil }
    }

    var byteCount: Int { isForPublic ? Self.byteCountForPublic : Self.byteCountForRollup }
}

extension PrivateKernelTailCircuitPublicInputs: JSONEncodable, JSONDecodable {
    /// Base64 of the binary form.
    public func write(to writer: inout JSONWriter) { writer.base64(serialized) }
    public init(json: JSONElement) throws(JSONError) { self = try json.decodeBinary(json.base64Text()) }
}
