import PeerIdentity

/// An iterative search for the nodes nearest to a target («note 07 §10.4»): asks the nearest known ones for nearer ones.
struct Lookup: Sendable {
    enum State: Sendable { case unasked, waiting, answered, failed }

    struct Candidate: Sendable {
        var record: ENR
        var state: State
    }

    static let resultCount = 16
    /// More are of no use, and their number is the peers' choice.
    static let candidateLimit = 64

    let target: NodeID
    let localID: NodeID
    let deadline: UInt64
    let parallelism: Int
    /// Nearest first.
    private(set) var candidates: [Candidate] = []

    init(target: NodeID, localID: NodeID, deadline: UInt64, parallelism: Int, seeds: [ENR]) {
        self.target = target
        self.localID = localID
        self.deadline = deadline
        self.parallelism = parallelism
        add(seeds)
    }

    mutating func add(_ records: [ENR]) {
        for record in records where record.nodeID != localID && !candidates.contains(where: { $0.record.nodeID == record.nodeID }) {
            let at = candidates.firstIndex { record.nodeID.isCloser(to: target, than: $0.record.nodeID) } ?? candidates.count
            candidates.insert(Candidate(record: record, state: .unasked), at: at)
            if candidates.count > Self.candidateLimit, let last = candidates.lastIndex(where: { $0.state != .waiting }) { candidates.remove(at: last) }
        }
    }

    mutating func set(_ id: NodeID, _ state: State) {
        if let index = candidates.firstIndex(where: { $0.record.nodeID == id }) { candidates[index].state = state }
    }

    private var waiting: Int { candidates.count { $0.state == .waiting } }

    /// Nodes to ask now; they count as asked.
    mutating func next() -> [ENR] {
        var free = parallelism - waiting
        var asked: [ENR] = []
        var alive = 0
        for index in candidates.indices where candidates[index].state != .failed {
            guard free > 0, alive < Self.resultCount else { break }
            alive += 1
            guard candidates[index].state == .unasked else { continue }
            candidates[index].state = .waiting
            asked.append(candidates[index].record)
            free -= 1
        }
        return asked
    }

    /// Nothing is awaited and no one left to ask, or the time is over.
    func isFinished(now: UInt64) -> Bool {
        if now >= deadline { return true }
        guard waiting == 0 else { return false }
        return !candidates.lazy.filter { $0.state != .failed }.prefix(Self.resultCount).contains { $0.state == .unasked }
    }

    /// The nearest that answered.
    var result: [ENR] { candidates.lazy.filter { $0.state == .answered }.prefix(Self.resultCount).map(\.record) }

    /// The distances from a node at which the target's neighbours are: the target's own, then further out and further in by turns.
    static func distances(from node: NodeID, to target: NodeID, count: Int = 3) -> [Int] {
        let distance = node.distance(to: target)
        var distances = [distance]
        var step = 1
        while distances.count < count, step < 256 {
            if distance + step <= 256 { distances.append(distance + step) }
            if distances.count < count, distance - step > 0 { distances.append(distance - step) }
            step += 1
        }
        return distances
    }
}
