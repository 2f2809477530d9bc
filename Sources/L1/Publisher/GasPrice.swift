/// How the L1 sender prices its attempts; caps in gwei, percentages whole (note 05 §13).
public struct GasPriceRules: Hashable, Sendable {
    public var gasLimitBufferPercentage: UInt64 = 20
    public var maxGwei: UInt64 = 500
    public var maxBlobGwei: UInt64 = 1500
    public var priorityFeeBumpPercentage: UInt64 = 20
    public var priorityFeeRetryBumpPercentage: UInt64 = 50
    /// Wei (the option is in gwei and may have decimals); 0: ask the host.
    public var fixedPriorityFeePerGas: UInt128 = 0
    public var stallTimeMs: UInt64 = 45_000

    public init() {}

    /// A gas estimate with the buffer on top.
    public func bumped(gasLimit: UInt64) -> UInt64 {
        gasLimit &+ UInt64(truncatingIfNeeded: UInt128(gasLimit) * UInt128(gasLimitBufferPercentage) * 100 / 10_000)
    }
}

/// The market as the host states it, in wei.
public struct GasMarket: Hashable, Sendable {
    public var baseFeePerGas: UInt128
    public var blobBaseFee: UInt128
    public var maxPriorityFeePerGas: UInt128

    public init(baseFeePerGas: UInt128, blobBaseFee: UInt128, maxPriorityFeePerGas: UInt128) {
        self.baseFeePerGas = baseFeePerGas
        self.blobBaseFee = blobBaseFee
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
    }
}

/// Fee caps of one attempt, in wei.
public struct GasPrice: Hashable, Sendable {
    public var maxFeePerGas: UInt128
    public var maxPriorityFeePerGas: UInt128
    /// nil for transactions without blobs.
    public var maxFeePerBlobGas: UInt128?

    public init(maxFeePerGas: UInt128, maxPriorityFeePerGas: UInt128, maxFeePerBlobGas: UInt128? = nil) {
        self.maxFeePerGas = maxFeePerGas
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
        self.maxFeePerBlobGas = maxFeePerBlobGas
    }

    static let gwei: UInt128 = 1_000_000_000

    /// - Parameters:
    ///   - attempt: 0 for the first sending.
    ///   - previous: price of the attempt before, which a replacement must exceed.
    public init(_ market: GasMarket, rules: GasPriceRules, isBlobTransaction: Bool, attempt: Int, previous: GasPrice?) {
        func raised(_ value: UInt128, _ percentage: UInt64) -> UInt128 { value * (10_000 + 100 * UInt128(percentage)) / 10_000 }
        var fee = market.baseFeePerGas, blobFee = market.blobBaseFee
        // Room for the base fee to grow by an eighth in every L1 block until the attempt counts as stalled.
        for _ in 0..<((rules.stallTimeMs + 11_999) / 12_000) {
            fee = fee * 1125 / 1000
            blobFee = blobFee * 1125 / 1000
        }
        let isFixed = rules.fixedPriorityFeePerGas > 0
        var priority = isFixed ? rules.fixedPriorityFeePerGas : market.maxPriorityFeePerGas
        if attempt == 0 {
            if !isFixed { priority = raised(priority, rules.priorityFeeBumpPercentage) }
            fee += priority
        } else {
            // Nodes take a replacement only with 10 % more, 100 % with blobs.
            let bump = max(rules.priorityFeeRetryBumpPercentage, isBlobTransaction ? 100 : 10)
            fee += priority
            priority = max(priority, raised(previous?.maxPriorityFeePerGas ?? 0, bump))
            fee = max(fee, raised(previous?.maxFeePerGas ?? 0, bump))
        }
        fee = min(fee, UInt128(rules.maxGwei) * Self.gwei)
        blobFee = min(blobFee, UInt128(rules.maxBlobGwei) * Self.gwei)
        priority = min(priority, fee)
        if attempt > 0, let last = previous?.maxFeePerBlobGas {
            blobFee = max(blobFee, raised(last, max(rules.priorityFeeRetryBumpPercentage, 100)))
        }
        self.init(maxFeePerGas: fee, maxPriorityFeePerGas: priority, maxFeePerBlobGas: isBlobTransaction ? blobFee : nil)
    }
}
