public import Field
public import Protocol

/// An enqueued public call as the interpreter starts it.
public struct AVMCall: Sendable {
    public var address: AztecAddress
    public var sender: AztecAddress
    public var calldata: [Fr]
    public var isStatic: Bool
    /// Zero except in teardown.
    public var transactionFee: Fr
    /// What the call may use, at most 6,000,000 L2.
    public var gas: Gas

    public init(address: AztecAddress, sender: AztecAddress, calldata: [Fr], isStatic: Bool, transactionFee: Fr, gas: Gas) {
        self.address = address
        self.sender = sender
        self.calldata = calldata
        self.isStatic = isStatic
        self.transactionFee = transactionFee
        self.gas = gas
    }
}

/// How an enqueued call ended. A transaction that must be dropped ends in a thrown `AVMFault` instead.
public struct AVMOutcome: Sendable {
    /// Reverted or halted.
    public var reverted: Bool
    /// Return or revert data; empty after a halt.
    public var output: [Fr]
    /// Zero in both dimensions after a halt.
    public var gasLeft: Gas
    /// Instructions of the call and the calls nested in it, as the reference counts them.
    public var instructions: Int
    /// nil when the call succeeded.
    public var revert: AVMRevert?

    public init(reverted: Bool, output: [Fr], gasLeft: Gas, instructions: Int, revert: AVMRevert?) {
        self.reverted = reverted
        self.output = output
        self.gasLeft = gasLeft
        self.instructions = instructions
        self.revert = revert
    }
}

/// Why a call failed, for RPC simulation («note 03 §8», revert reasons).
public struct AVMRevert: Sendable, Equatable {
    public struct Frame: Sendable, Equatable {
        public var address: AztecAddress
        /// First word of the calldata.
        public var selector: Fr?
        /// `0.<pc>` for each open internal call, then the current pc.
        public var internalCallStack: [String]

        public init(address: AztecAddress, selector: Fr?, internalCallStack: [String]) {
            self.address = address
            self.selector = selector
            self.internalCallStack = internalCallStack
        }
    }

    public var message: String
    public var data: [Fr]
    /// Outermost first: the call itself, then the nested call whose failure it passed on, and so on.
    public var frames: [Frame]

    public init(message: String, data: [Fr], frames: [Frame]) {
        self.message = message
        self.data = data
        self.frames = frames
    }
}
