import Archive
import Field
import Glibc
import Protocol
public import PublicExecution
public import Storage
import Synchronization
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

    public func base(after block: UInt32, archiveRoot: Fr?, whileWaiting: () -> Void) throws(StateUnavailable) -> any ExecutionBase {
        let begin = ExecutionClock.now()
        if let known = kept.first(where: { fits($0, block, archiveRoot) }) { return known }
        while true {
            do throws(StateUnavailable) {
                let base = StoredBase.self
                let found = try base.init(try caughtUp(whileWaiting), at: block, classes: classes)
                if let root = archiveRoot, found.view.pinned[.archive].root != root { throw StateUnavailable("block \(block) is another one here") }
                kept.removeAll { $0.block == block }
                kept.insert(found, at: 0)
                if kept.count > Self.keptLimit { kept.removeLast() }
                return found
            } catch {
                guard ExecutionClock.now() - begin < Self.patience else { throw error }
                usleep(5_000)
                whileWaiting()
            }
        }
    }

    private func fits(_ base: StoredBase, _ block: UInt32, _ root: Fr?) -> Bool {
        base.block == block && root.map { base.view.pinned[.archive].root == $0 } ?? true && (try? base.view.isCurrent()) == true
    }

    private func caughtUp(_ whileWaiting: () -> Void) throws(StateUnavailable) -> Database {
        do {
            if let database {
                try database.catchUp()
                return database
            }
            let opened = try Opening(open).wait(whileWaiting)
            database = opened
            return opened
        } catch { throw StateUnavailable("the chain database: \(error)") }
    }

    /// Lets go of files that the writer has replaced.
    public func follow() { if let database { try? database.catchUp() } }
}

/// Opens a database on a thread of its own: it may take longer than the rings can wait.
private final class Opening: @unchecked Sendable {
    private let open: () throws -> Database
    /// Written by the thread before `isDone` is.
    private var result: Result<Database, any Error>?
    private let isDone = Atomic<Bool>(false)

    init(_ open: @escaping () throws -> Database) { self.open = open }

    func wait(_ whileWaiting: () -> Void) throws -> Database {
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { pointer in
            let opening = Unmanaged<Opening>.fromOpaque(pointer!).takeRetainedValue()
            opening.result = Result { try opening.open() }
            opening.isDone.store(true, ordering: .releasing)
            return nil
        }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "no thread to open the chain database: \(String(cString: strerror(code)))")
        while !isDone.load(ordering: .acquiring) {
            usleep(1_000)
            whileWaiting()
        }
        pthread_join(thread, nil)
        return try result!.get()
    }
}
