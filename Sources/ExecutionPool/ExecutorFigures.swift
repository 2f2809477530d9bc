import Field
import Protocol
import PublicExecution

/// What an executor did, for metrics.
public struct ExecutorFigures: Sendable {
    public var runs: UInt64 = 0
    public var failures: UInt64 = 0
    public var reverts: UInt64 = 0
    public var interrupted: UInt64 = 0
    public var instructions: UInt64 = 0
    public var nanoseconds: UInt64 = 0
    public var gas: UInt64 = 0
    /// Of one class of transactions (`TransactionClass`).
    public struct OfClass: Sendable {
        public var runs: UInt64 = 0
        public var reruns: UInt64 = 0
        public var nanoseconds: UInt64 = 0
        public var gas: UInt64 = 0
    }

    public var classes = [OfClass](repeating: OfClass(), count: TransactionClass.allCases.count)
    /// Executions by operation, as the interpreter numbers them; empty as long as nobody wants them counted.
    public var operations: [UInt64] = []

    public init() {}

    mutating func count(_ kind: TransactionClass, isRerun: Bool, _ verdict: TxVerdict) {
        runs += 1
        let place = kind.rawValue
        classes[place].runs += 1
        if isRerun { classes[place].reruns += 1 }
        guard case .executed(let executed) = verdict else {
            failures += 1
            return
        }
        if !executed.effect.revertCode.isOK { reverts += 1 }
        instructions += UInt64(clamping: executed.statistics.instructions)
        nanoseconds += executed.statistics.nanoseconds
        gas += UInt64(executed.gasUsed.totalGas.l2Gas)
        classes[place].nanoseconds += executed.statistics.nanoseconds
        classes[place].gas += UInt64(executed.gasUsed.totalGas.l2Gas)
        let counts = executed.statistics.opcodes.prefix(256)
        if operations.count < counts.count { operations += [UInt64](repeating: 0, count: counts.count - operations.count) }
        for (operation, count) in counts.enumerated() { operations[operation] += count }
    }
}

/// A kind of transaction for operators: by the contract that is called first, app logic before setup.
public enum TransactionClass: Int, CaseIterable, Sendable {
    case token = 0, feePayment, protocolContract, other, privateOnly

    init(_ tx: Tx, on base: any ExecutionBase) {
        guard let call = (tx.data.revertiblePublicCallRequests.first ?? tx.data.nonRevertiblePublicCallRequests.first ?? tx.data.teardownPublicCallRequest) else {
            self = .privateOnly
            return
        }
        let address = call.contractAddress
        if let number = address.field.uint64, number < 16 {
            self = .protocolContract
            return
        }
        switch (try? base.contractInstance(address))??.currentContractClassId {
        case SetupAllowList.tokenClass?: self = .token
        case SetupAllowList.feePaymentClass?: self = .feePayment
        default: self = .other
        }
    }
}
