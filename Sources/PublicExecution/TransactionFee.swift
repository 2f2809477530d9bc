public import Field
import Hashing
public import Protocol

/// Fees in fee juice («note 03 §12»).
public enum TransactionFee {
    /// Fee of a transaction with public calls for what it is billed.
    public static func withPublicCalls(billed: Gas, settings: GasSettings, fees: GasFees) -> Fr {
        billed.fee(at: GasFees(
            feePerDaGas: price(fees.feePerDaGas, maximum: settings.maxFeesPerGas.feePerDaGas, priority: settings.maxPriorityFeesPerGas.feePerDaGas),
            feePerL2Gas: price(fees.feePerL2Gas, maximum: settings.maxFeesPerGas.feePerL2Gas, priority: settings.maxPriorityFeesPerGas.feePerL2Gas)))
    }

    /// A private-only transaction pays no priority fee.
    public static func privateOnly(gasUsed: Gas, fees: GasFees) -> Fr { gasUsed.fee(at: fees) }

    /// A maximum below the fee wraps around as it does in the reference; validators keep such transactions out.
    private static func price(_ fee: Fr, maximum: Fr, priority: Fr) -> Fr { fee + min(priority, maximum - fee) }

    static func shortage(_ balance: Fr, fee: Fr) -> String {
        "Not enough balance for fee payer to pay for transaction (got \(BigInteger(balance)) needs \(BigInteger(fee)))"
    }
}
