import Configuration
import Mempool
import NodeAPI
import Protocol
import Storage
import Synchronization

/// The pool as the API reads it: a secondary of the p2p worker's database, opened when that exists. Every call looks at
/// what has been written by then, so a caller finds what it was told is stored.
final class StoredPool: PoolReader {
    private let directory: String
    private let scratch: String
    private let view = Mutex<PoolReadView?>(nil)

    init(_ directory: String, index: Int) {
        self.directory = directory
        scratch = directory + "/readers/api-pool-\(index)"
    }

    func pendingCount() throws(RPCFailure) -> Int { try read { view throws(PoolError) in try view.pendingCount() } }

    func eachPending(_ body: (TxHash, [UInt8]) -> Bool) throws(RPCFailure) { try read { view throws(PoolError) in try view.eachPending(body) } }

    func transaction(_ hash: TxHash) throws(RPCFailure) -> [UInt8]? { try read { view throws(PoolError) in try view.bytes(of: hash) } }

    func isPending(_ hash: TxHash) throws(RPCFailure) -> Bool { try read { view throws(PoolError) in try view.status(of: hash) == .pending } }

    private func read<T>(_ body: (PoolReadView) throws(PoolError) -> T) throws(RPCFailure) -> T {
        do { return try body(try current()) } catch let failure as RPCFailure { throw failure } catch { throw .failed("The pool cannot be read: \(error)") }
    }

    /// One thread at a time takes in what is new; readers of before go on reading.
    private func current() throws -> PoolReadView {
        try view.withLock { view in
            if let view {
                try view.catchUp()
                return view
            }
            guard DataDirectory.hasPoolDatabase(directory) else { throw RPCFailure.failed("P2P client not ready") }
            try DataDirectory.create(scratch)
            let made = PoolReadView(try Database(DataDirectory.poolDatabase(directory), mode: .secondary(scratch: scratch), columnFamilies: PoolSchema.columnFamilies))
            view = made
            return made
        }
    }
}
