public import Field
import Hashing
public import Protocol

extension Tx {
    /// What the fee juice contract adds to the payer's balance in setup, from a claim in private; nil without one.
    public var claimedFeeJuice: Fr? {
        guard data.isForPublic else { return nil }
        let feeJuice = ProtocolContracts.feeJuice
        return nonRevertiblePublicCallRequestsWithCalldata.first { call in
            call.request.contractAddress == feeJuice && call.request.msgSender == feeJuice && call.calldata.count > 2
                && call.selector == Self.increasePublicBalance && call.calldata[1] == data.feePayer.field && !call.request.isStaticCall
        }?.calldata[2]
    }

    /// `_increase_public_balance((Field),u128)`.
    static let increasePublicBalance: FunctionSelector = 0xe7f0_45ff

    /// Leaf slot of the public data tree that holds the payer's balance. Costs two permutations.
    public var feePayerBalanceLeafSlot: Fr { Siloing.feePayerBalanceLeafSlot(data.feePayer.field) }
}
