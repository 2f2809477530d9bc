import Field
import Glibc
import Mempool
import Protocol
import Storage
import TemporaryFiles
import Testing

/// A writer that is killed with SIGKILL while it adds transactions and mines blocks; all that it had acknowledged is there
/// afterwards, and rows agree with each other. The writer is this test program, started again.
@Suite(.serialized) struct KillTests {
    static let variable = "MEMPOOL_TEST_WRITER"

    static func tx(_ number: UInt64) -> Tx { Sample.tx(nullifiers: [Fr(number)], priority: (number * 7 % 13, 0), payer: 1, proofBytes: 20_000) }

    static func chain() -> MemoryChain {
        let chain = MemoryChain()
        chain.genesisBalances[Sample.slot(1)] = 1_000_000
        return chain
    }

    /// The child's part; passes at once in every other run.
    @Test func writer() throws {
        guard let text = getenv(Self.variable) else { return }
        let directory = String(cString: text)
        let database = try Database(directory + "/pool", mode: .primary, columnFamilies: PoolSchema.columnFamilies)
        let pool = try TransactionPool(database)
        let chain = Self.chain()
        let follower = try PoolFollower(pool: pool, attestations: try AttestationPool(database), chain: chain)
        _ = try follower.follow()
        let acknowledged = open(directory + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var number: UInt64 = 1
        while true {
            let batch = HashedTransaction.hashing((0..<2).map { Self.tx(number + $0) })
            number += 2
            try pool.add(batch)
            var line = Array(batch.map { $0.hash.hex + "\n" }.joined().utf8)
            write(acknowledged, &line, line.count)
            if number % 6 == 1 {
                // A block with one of them.
                chain.add([batch[0].hash], nullifiers: batch[0].tx.data.nonEmptyNullifiers)
                _ = try follower.follow()
            }
        }
    }

    @Test func nothingAcknowledgedIsLost() throws {
        guard getenv(Self.variable) == nil else { return }
        var total = 0
        for round in 0..<4 {
            let scratch = try TemporaryDirectory("mempool")
            let child = try spawn(scratch.path)
            // At different moments of its work.
            let wanted = 6 + 10 * round
            for _ in 0..<6_000 where acknowledged(scratch.path).count < wanted { usleep(10_000) }
            kill(child, SIGKILL)
            var status: Int32 = 0
            waitpid(child, &status, 0)
            let hashes = acknowledged(scratch.path)
            try #require(hashes.count >= wanted, "the writer wrote")
            let database = try scratch.open()
            let pool = try TransactionPool(database)
            var mined = 0
            for hash in hashes {
                switch try pool.status(of: hash) {
                case .pending: #expect(try pool.transaction(hash)?.hash() == hash)
                case .mined: mined += 1
                case nil: Issue.record("\(hash) was acknowledged and is gone")
                }
            }
            // Position and mined index are of the same batch.
            let position = try pool.followedPosition()
            let blocks = Set(try pool.minedHashes().map(\.block))
            #expect(position?.latest == UInt64(blocks.count) && blocks.max() ?? 0 == position?.latest)
            #expect(try PoolReadView(database).pendingCount() == pool.count && pool.pendingHashes().count == pool.count)
            #expect(pool.size == (try pool.pendingHashes().reduce(0) { try $0 + (pool.transaction($1)?.size ?? 0) }))
            total += hashes.count
        }
        print("kill test: \(total) acknowledged transactions, all there after SIGKILL")
    }

    private func acknowledged(_ directory: String) -> [TxHash] {
        guard let file = fopen(directory + "/acknowledged", "r") else { return [] }
        defer { fclose(file) }
        var hashes: [TxHash] = []
        var line = [CChar](repeating: 0, count: 128)
        while fgets(&line, 128, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if let field = Fr(hex: text) { hashes.append(TxHash(field)) }
        }
        return hashes
    }

    private func spawn(_ directory: String) throws -> pid_t {
        let program = try #require(realpath("/proc/self/exe", nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        })
        let arguments = [program, "--testing-library", "swift-testing", "--filter", "KillTests/writer"]
        var environment: [String] = []
        var entry = environ
        while let text = entry.pointee {
            environment.append(String(cString: text))
            entry += 1
        }
        environment.append("\(Self.variable)=\(directory)")
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, directory + "/output", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, nil, &argv, &envp)
        posix_spawn_file_actions_destroy(&actions)
        try #require(code == 0, "the writer could not be started")
        return child
    }
}
