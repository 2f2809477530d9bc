public import AVM
public import Field
public import Protocol

/// The state could not be read: its block was unwound or pruned, or the database is damaged. No transaction's fault.
public struct StateUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

/// What lies under a transaction: the chain after some block and the transactions committed since («architecture §4»).
/// Keys are tree keys: siloed nullifiers, leaf slots. One thread at a time.
public protocol ExecutionBase: AnyObject {
    /// Value of a leaf slot; zero when it was never written.
    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr
    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool
    /// Size of the note hash tree: where the next transaction's first note hash goes.
    var noteHashCount: UInt64 { get }
    /// A leaf of the note hash tree, padding as zero; nil from the size on. `index` is below the capacity.
    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr?
    /// A leaf of the message tree, which does not change while a block is built («note 03 §6», L1TOL2MSGEXISTS).
    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr?
    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool
    /// The instance with its current class in the block being built; nil when unknown. Contracts of transactions
    /// committed before come first.
    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance?
    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass?
}

/// A contract class as execution needs it, decoded code included. Shared by every base of a thread.
public final class ExecutableClass {
    public let id: Fr
    public let program: Program

    public init(id: Fr, program: Program) {
        self.id = id
        self.program = program
    }
}
