import Bytes
import ExecutionPool
import Glibc
import PoolKit
import Protocol
import PublicExecution

/// Stands in for a verifier: how long it takes and what it says depends on the proof, which is a number.
final class PoolProofChecker: ProofChecker {
    static let deadly: UInt8 = 255

    static func proof(_ number: UInt64) -> ClientIvcProof { ClientIvcProof((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }) }
    static func verdict(_ number: UInt64) -> ProofVerdict {
        switch number % 8 {
        case 3: .invalid
        case 5: .unavailable("proof \(number)")
        default: .valid
        }
    }

    func check(_ tx: Tx, isCancelled: () -> Bool) -> ProofVerdict {
        let bytes = tx.clientIvcProof.bytes
        if bytes.first == Self.deadly { abort() }
        usleep(UInt32(bytes.first ?? 0) % 16 * 200)
        return Self.verdict(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
}

/// Asks for proof after proof and compares each verdict with what it must be.
final class PoolProofs {
    private let host: ProofHost
    private let count: UInt64
    private let tx: Tx
    private var asked: UInt64 = 0
    private var answered: UInt64 = 0
    private var ended = 0
    private(set) var wrong = 0

    /// Proofs that executors die of.
    private static let deadly: Set<UInt64> = [100, 300]
    private static let open = 16

    init(_ host: ProofHost, count: UInt64) {
        self.host = host
        self.count = count
        var mix = PoolBlock.Mix()
        mix.count = 1
        tx = PoolBlock(seed: 1, mix).txs[0]
        host.limits.nanos = 60_000_000_000
    }

    /// True when all are answered.
    func turn() -> Bool {
        while asked < count, host.openCount < Self.open { ask() }
        return answered == count
    }

    private func ask() {
        let number = asked
        asked += 1
        var tx = tx
        let isDeadly = Self.deadly.contains(number)
        tx.clientIvcProof = isDeadly ? ClientIvcProof([PoolProofChecker.deadly]) : PoolProofChecker.proof(number & ~0xff | number % 255)
        let expected = PoolProofChecker.verdict(number & ~0xff | number % 255)
        var isAnswered = false
        host.verify(tx.serialized) { [self] verdict in
            answered += 1
            let isRight: Bool
            if isDeadly, case .unavailable(let reason) = verdict, reason.contains("ended 2 executors") {
                ended += 1
                isRight = true
            } else {
                isRight = !isDeadly && verdict == expected
            }
            if isAnswered || !isRight {
                wrong += 1
                print("proof \(number): \(verdict)\(isAnswered ? ", not its first verdict" : "")")
            }
            isAnswered = true
        }
    }

    var line: String { "\(answered) proofs, \(host.figures.reissued) given to another executor, \(ended) given up for ending executors, \(wrong) wrong verdicts" }
}
