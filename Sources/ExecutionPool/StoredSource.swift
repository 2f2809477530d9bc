import Archive
import Field
import Glibc
import Protocol
public import PublicExecution
public import Storage
import WorldState

/// States out of the chain database of another process. Opens it when the first block asks: an executor without work
/// costs next to nothing.
public final class StoredSource: BaseSource {
    public let classes = ClassCache(bytecodeBytes: 32 << 20)
    private let open: () throws -> Database
    private var database: Database?
    /// The last states used, newest first: what they have read stays useful to the next session.
    private var kept: [StoredBase] = []
    private static let keptLimit = 2
    /// How long a block may take to arrive; its announcement travels faster than the database.
    private static let patience: UInt64 = 3_000_000_000

    /// `open`: the database as a secondary (or one's own), with the families of trees and archive.
    public init(open: @escaping () throws -> Database) { self.open = open }

    public func base(after block: UInt32, archiveRoot: Fr?) throws(StateUnavailable) -> any ExecutionBase {
        let begin = ExecutorThread.now()
        if let known = kept.first(where: { fits($0, block, archiveRoot) }) { return known }
        while true {
            do throws(StateUnavailable) {
                let base = StoredBase.self
                let found = try base.init(try caughtUp(), at: block, classes: classes)
                if let root = archiveRoot, found.view.pinned[.archive].root != root { throw StateUnavailable("block \(block) is another one here") }
                kept.removeAll { $0.block == block }
                kept.insert(found, at: 0)
                if kept.count > Self.keptLimit { kept.removeLast() }
                return found
            } catch {
                guard ExecutorThread.now() - begin < Self.patience else { throw error }
                usleep(10_000)
            }
        }
    }

    private func fits(_ base: StoredBase, _ block: UInt32, _ root: Fr?) -> Bool {
        base.block == block && root.map { base.view.pinned[.archive].root == $0 } ?? true && (try? base.view.isCurrent()) == true
    }

    private func caughtUp() throws(StateUnavailable) -> Database {
        do {
            if let database {
                try database.catchUp()
                return database
            }
            let opened = try open()
            database = opened
            return opened
        } catch { throw StateUnavailable("the chain database: \(error)") }
    }

    /// Lets go of files that the writer has replaced.
    public func follow() { if let database { try? database.catchUp() } }
}
