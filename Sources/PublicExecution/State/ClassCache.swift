import AVM
import Field

/// Decoded code by class id, for every base of a thread and across blocks: an id is the hash of the code, so what is
/// kept is right whatever becomes of the chain. Whether a class is published is the base's question. Bounded in bytes;
/// not for use from two threads.
public final class ClassCache {
    private var classes: BoundedCache<Fr, ExecutableClass>

    /// A decoded program takes some multiple of its bytecode, which is what is counted.
    public init(bytecodeBytes: Int = 64 << 20) { classes = BoundedCache(limit: bytecodeBytes) }

    func known(_ id: Fr) -> ExecutableClass? { classes.value(id) }

    /// The class with its code decoded, from the cache when it is there. Its id was checked against its contents.
    func executable(_ id: Fr, bytecode: [UInt8]) -> ExecutableClass {
        if let known = classes.value(id) { return known }
        let made = ExecutableClass(id: id, program: Program(bytecode))
        // A class without code counts too.
        classes.insert(id, made, cost: bytecode.count + 256)
        return made
    }
}
