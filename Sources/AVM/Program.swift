/// The public bytecode of a contract class («note 03 §1»), decoded once and kept by class. Not for use from two threads.
public final class Program {
    /// Packed bytecode.
    public let bytecode: [UInt8]

    public init(_ bytecode: [UInt8]) { self.bytecode = bytecode }
}
