import Field
import Protocol

// Addresses, hashes, gas, snapshots.
extension TypesConformance {
    static let primitiveEntries: [TypeEntry] = [
        TypeEntry("AztecAddress", AztecAddress.self),
        TypeEntry("EthAddress", EthAddress.self),
        TypeEntry("TxHash", TxHash.self),
        TypeEntry("L2BlockHash", L2BlockHash.self),
        TypeEntry("FunctionSelector", FunctionSelector.self),
        TypeEntry("Signature", Signature.self),
        TypeEntry("Point", Point.self),
        TypeEntry("RevertCode", RevertCode.self, derived: { code, _ in
            [
                "description": .string(code.description), "isOK": .bool(code.isOK), "field": .string(code.toFields()[0].hex),
                "txStatus": .string(TxStatus(code).rawValue),
            ]
        }),
        TypeEntry("Gas", Gas.self),
        TypeEntry("GasFees", GasFees.self),
        TypeEntry("GasSettings", GasSettings.self, derived: { settings, _ in ["feeLimit": .string(settings.feeLimit.hex)] }),
        TypeEntry("AppendOnlyTreeSnapshot", AppendOnlyTreeSnapshot.self),
        TypeEntry("PartialStateReference", PartialStateReference.self),
        TypeEntry("StateReference", StateReference.self),
        TypeEntry("TreeSnapshots", TreeSnapshots.self),
        TypeEntry("ContentCommitment", ContentCommitment.self),
        TypeEntry("GlobalVariables", GlobalVariables.self),
    ]
}
