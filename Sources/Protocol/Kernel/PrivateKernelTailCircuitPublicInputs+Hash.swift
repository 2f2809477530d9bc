public import Field
import Hashing

extension PrivateKernelTailCircuitPublicInputs {
    /// What the tx hash covers, in its order, which is not that of the binary form: 813 fields for a private-only tx,
    /// 1,844 with public calls (note 02 §4).
    public var hashedFields: [Fr] {
        var fields: [Fr] = []
        fields.reserveCapacity(isForPublic
            ? ProtocolConstants.privateToPublicKernelCircuitPublicInputsLength : ProtocolConstants.privateToRollupKernelCircuitPublicInputsLength)
        constants.append(to: &fields)
        rollupValidationRequests.append(to: &fields)
        switch destination {
        case .forPublic(let data):
            data.nonRevertibleAccumulatedData.append(to: &fields)
            data.revertibleAccumulatedData.append(to: &fields)
            data.publicTeardownCallRequest.append(to: &fields)
        case .forRollup(let end):
            end.append(to: &fields)
        }
        gasUsed.append(to: &fields)
        fields.append(feePayer.field)
        return fields
    }

    /// The tx hash. Costs some 300 permutations (private-only) or 620; callers keep it.
    public func hash() -> Fr { Poseidon2.hash(hashedFields, separator: separator) }

    /// The tx hashes of several, side by side: from some eight on at a fraction of the time each.
    public static func hashes(of inputs: [Self]) -> [Fr] {
        Poseidon2.hashMany(inputs.map(\.hashedFields), separators: inputs.map(\.separator))
    }

    private var separator: GeneratorIndex { isForPublic ? .publicTxHash : .privateTxHash }
}
