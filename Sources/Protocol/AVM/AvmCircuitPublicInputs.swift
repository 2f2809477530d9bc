public import Bytes
public import Field

/// Everything public execution took in and put out, in the order of the AVM circuit (note 03 §13).
public struct AvmCircuitPublicInputs: Hashable, Sendable, BinaryCodable, FieldEncodable {
    // In
    public var globalVariables: GlobalVariables
    public var startTreeSnapshots: TreeSnapshots
    public var startGasUsed: Gas
    public var gasSettings: GasSettings
    public var feePayer: AztecAddress
    public var publicSetupCallRequests: PaddedList<PublicCallRequest>
    public var publicAppLogicCallRequests: PaddedList<PublicCallRequest>
    public var publicTeardownCallRequest: PublicCallRequest
    public var previousNonRevertibleAccumulatedDataArrayLengths: PrivateToAvmAccumulatedData.ArrayLengths
    public var previousRevertibleAccumulatedDataArrayLengths: PrivateToAvmAccumulatedData.ArrayLengths
    public var previousNonRevertibleAccumulatedData: PrivateToAvmAccumulatedData
    public var previousRevertibleAccumulatedData: PrivateToAvmAccumulatedData
    // Out
    public var endTreeSnapshots: TreeSnapshots
    public var endGasUsed: Gas
    public var accumulatedData: AvmAccumulatedData
    public var transactionFee: Fr
    public var reverted: Bool

    /// All zero: what execution starts to fill in.
    public init() {
        globalVariables = .zero
        startTreeSnapshots = .zero
        startGasUsed = .zero
        gasSettings = .zero
        feePayer = .zero
        publicSetupCallRequests = PaddedList(capacity: ProtocolConstants.maxEnqueuedCallsPerTx)
        publicAppLogicCallRequests = PaddedList(capacity: ProtocolConstants.maxEnqueuedCallsPerTx)
        publicTeardownCallRequest = .padding
        previousNonRevertibleAccumulatedDataArrayLengths = .init()
        previousRevertibleAccumulatedDataArrayLengths = .init()
        previousNonRevertibleAccumulatedData = .init()
        previousRevertibleAccumulatedData = .init()
        endTreeSnapshots = .zero
        endGasUsed = .zero
        accumulatedData = .init()
        transactionFee = .zero
        reverted = false
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        globalVariables = try GlobalVariables(from: &reader)
        startTreeSnapshots = try TreeSnapshots(from: &reader)
        startGasUsed = try Gas(from: &reader)
        gasSettings = try GasSettings(from: &reader)
        feePayer = try AztecAddress(from: &reader)
        publicSetupCallRequests = try PaddedList(from: &reader, capacity: ProtocolConstants.maxEnqueuedCallsPerTx, "setup calls")
        publicAppLogicCallRequests = try PaddedList(from: &reader, capacity: ProtocolConstants.maxEnqueuedCallsPerTx, "app logic calls")
        publicTeardownCallRequest = try PublicCallRequest(from: &reader)
        previousNonRevertibleAccumulatedDataArrayLengths = try .init(from: &reader)
        previousRevertibleAccumulatedDataArrayLengths = try .init(from: &reader)
        previousNonRevertibleAccumulatedData = try PrivateToAvmAccumulatedData(from: &reader)
        previousRevertibleAccumulatedData = try PrivateToAvmAccumulatedData(from: &reader)
        endTreeSnapshots = try TreeSnapshots(from: &reader)
        endGasUsed = try Gas(from: &reader)
        accumulatedData = try AvmAccumulatedData(from: &reader)
        transactionFee = try Fr(from: &reader)
        reverted = try reader.readUInt8("reverted") != 0
    }

    public func write(to writer: inout ByteWriter) {
        globalVariables.write(to: &writer)
        startTreeSnapshots.write(to: &writer)
        startGasUsed.write(to: &writer)
        gasSettings.write(to: &writer)
        feePayer.write(to: &writer)
        publicSetupCallRequests.write(to: &writer)
        publicAppLogicCallRequests.write(to: &writer)
        publicTeardownCallRequest.write(to: &writer)
        previousNonRevertibleAccumulatedDataArrayLengths.write(to: &writer)
        previousRevertibleAccumulatedDataArrayLengths.write(to: &writer)
        previousNonRevertibleAccumulatedData.write(to: &writer)
        previousRevertibleAccumulatedData.write(to: &writer)
        endTreeSnapshots.write(to: &writer)
        endGasUsed.write(to: &writer)
        accumulatedData.write(to: &writer)
        transactionFee.write(to: &writer)
        writer.write(UInt8(reverted ? 1 : 0))
    }

    public func append(to fields: inout [Fr]) {
        globalVariables.append(to: &fields)
        startTreeSnapshots.append(to: &fields)
        startGasUsed.append(to: &fields)
        gasSettings.append(to: &fields)
        fields.append(feePayer.field)
        publicSetupCallRequests.append(to: &fields)
        publicAppLogicCallRequests.append(to: &fields)
        publicTeardownCallRequest.append(to: &fields)
        previousNonRevertibleAccumulatedDataArrayLengths.append(to: &fields)
        previousRevertibleAccumulatedDataArrayLengths.append(to: &fields)
        previousNonRevertibleAccumulatedData.append(to: &fields)
        previousRevertibleAccumulatedData.append(to: &fields)
        endTreeSnapshots.append(to: &fields)
        endGasUsed.append(to: &fields)
        accumulatedData.append(to: &fields)
        fields.append(transactionFee)
        fields.append(Fr(reverted))
    }
}
