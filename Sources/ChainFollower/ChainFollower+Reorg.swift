import Archive
import Diagnostics
import L1
import Protocol

extension ChainFollower {
    /// L1 replaced blocks that were followed: finds the newest one that is still there and takes back what came after.
    func rewind(from head: L1Header) async throws {
        let known = window.blocks.filter { $0.hash != .zero }
        var end = known.count
        while end > 0 {
            let start = max(0, end - 32)
            let chunk = Array(known[start..<end])
            let headers = try await headersKnown(chunk.map(\.number), head)
            if let index = chunk.indices.last(where: { headers[$0]?.hash == chunk[$0].hash }) {
                log.warn("L1 reorg", ["from": LogValue(window.newest?.number ?? 0), "to": LogValue(chunk[index].number)])
                try takeBack(to: chunk[index])
                window.truncate(to: chunk[index].number)
                return
            }
            end = start
        }
        try await rewindByStoredBlocks(head)
    }

    /// A reorg deeper than the window of heads: walks down the L1 blocks that carried our L2 blocks.
    func rewindByStoredBlocks(_ head: L1Header) async throws {
        var number = try store.latest
        while number > 0 {
            let first = number > 32 ? number - 31 : 1
            let references = try (first...number).map { try store.l1Reference(of: $0) }
            let headers = try await headersKnown(references.map(\.number), head)
            if let index = references.indices.last(where: { headers[$0]?.hash == references[$0].hash }) {
                let place = L1BlockID(number: references[index].number, hash: references[index].hash)
                log.warn("L1 reorg deeper than the heads we remember", ["to": LogValue(place.number)])
                // The L1 block of our newest L2 block may hold more that was not read yet: it is read again behind its
                // first log, which is ours or before ours.
                try takeBack(to: place, logIndex: 0)
                window = HeadWindow()
                return
            }
            number = first - 1
        }
        log.warn("None of our blocks is on L1 any more, reading from the start")
        try takeBack(to: L1BlockID(number: settings.startBlock, hash: .zero))
        window = HeadWindow()
    }

    /// Headers of a host that shows `head`: nil only above it. A host that does not know blocks below its own head is no
    /// witness of a reorg.
    private func headersKnown(_ numbers: [UInt64], _ head: L1Header) async throws -> [L1Header?] {
        let headers = try await source.headers(numbers)
        for (number, header) in zip(numbers, headers) where header == nil && number <= head.number {
            throw FollowerError.missing(l1Block: number, head: head.number)
        }
        return headers
    }

    /// - Parameter logIndex: last log of that block known to be applied; `.max` when the whole block was read.
    private func takeBack(to place: L1BlockID, logIndex: UInt32 = .max) throws {
        let from = try store.latest
        let to = try store.takeBack(
            afterL1Block: place.number, point: L1SyncPoint(blockNumber: place.number, blockHash: place.hash, logIndex: logIndex))
        foreseenPrune = nil
        pendingTarget = to
        reviewsProven = true
        dutiesKnown = nil
        if to < from { notify(.unwound(to: to, from: from)) }
    }
}

/// Why a step ended early; the next one tries again.
enum FollowerError: Error, CustomStringConvertible {
    case reorgedWhileReading(block: UInt64)
    case hole(expected: UInt64, got: UInt64)
    case tipsDiffer(ours: UInt64, theirs: UInt64)
    case invalid(block: UInt64, l1Block: UInt64, reason: String)
    case missing(l1Block: UInt64, head: UInt64)

    var description: String {
        switch self {
        case .reorgedWhileReading(let block): "L1 was reorganised at or below block \(block) while it was read"
        case .hole(let expected, let got): "L1 showed block \(got) where block \(expected) was expected; reading again from our tip"
        case .tipsDiffer(let ours, let theirs): "the rollup's pending block is \(theirs), the events we were given end at \(ours); reading again"
        case .missing(let l1Block, let head): "the L1 host shows head \(head) and does not know block \(l1Block) below it; asking again"
        case .invalid(let block, let l1Block, let reason): "block \(block) proposed in L1 block \(l1Block) is not usable: \(reason)"
        }
    }
}
