internal import Field
internal import Protocol

/// A negative field element among the arguments of a nested call («note 03 §7.3»): on its way nothing serialises it.
struct NegativeWord {
    let index: Int
    let cell: Cell

    /// How many a call may pass on; more are fatal.
    static let limit = 1024
}

/// What one call knows: its environment, its memory, its gas, and how far it is.
struct Frame {
    let program: Program
    let address: AztecAddress
    let sender: AztecAddress
    /// Zeros where `negativeArguments` has the word.
    let calldata: [Fr]
    var negativeArguments: [NegativeWord] = []
    let isStatic: Bool
    var l2: Int64
    var da: Int64
    var memory: Memory
    /// Where it is, while a call made by it runs.
    var slot: UInt32 = 0
    /// Length of the stack of internal calls when it began.
    let internalBase: Int
    /// Of the last nested call.
    var returndata: [Fr] = []
    var callSucceeded = false
    var lastFailure: Failure?
}

/// Why a call failed, as a chain: a frame that passes the failure of a nested call on has it as its cause.
final class Failure {
    let message: String
    let data: [Fr]
    let address: AztecAddress
    let selector: Fr?
    /// Of the open internal calls, then where it failed; empty when no code was found.
    let counters: [UInt32]
    private(set) var cause: Failure?

    init(message: String, data: [Fr], address: AztecAddress, selector: Fr?, counters: [UInt32], cause: Failure?) {
        self.message = message
        self.data = data
        self.address = address
        self.selector = selector
        self.counters = counters
        self.cause = cause
    }

    /// One after the other: a chain has as many links as there were frames, too many to release by recursion.
    deinit {
        var next = cause.take()
        while isKnownUniquelyReferenced(&next) { next = next?.cause.take() }
    }

    var revert: AVMRevert {
        var frames: [AVMRevert.Frame] = []
        var link: Failure? = self
        while let failure = link {
            frames.append(AVMRevert.Frame(
                address: failure.address, selector: failure.selector, internalCallStack: failure.counters.map { "0.\($0)" }))
            link = failure.cause
        }
        return AVMRevert(message: message, data: data, frames: frames)
    }
}
