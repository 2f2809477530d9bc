/// Learns how often transactions of one kind conflict with those of another, so that what will probably be in vain is not
/// executed ahead of time. A wrong guess costs time, never a result.
struct ConflictPredictor: Sendable {
    private struct Pair: Hashable, Sendable {
        var earlier: UInt64
        var later: UInt64
    }

    /// Of so many runs beside an uncommitted transaction of the earlier kind so many conflicted with it. Old news count
    /// half as much every `memory` runs.
    private struct Experience: Sendable {
        var conflicts = 0.0
        var runs = 0.0
        var waits = 0
    }

    private static let limit = 4096
    private static let memory = 64.0
    /// Every so often a wait is forgotten about, so that a pair that no longer conflicts is found out.
    private static let probe = 32
    /// Of pairs without a conflict so far.
    private static let unknown = 0.01

    private var pairs: [Pair: Experience] = [:]

    init() {}

    /// How probable a conflict is.
    func probability(_ earlier: UInt64, _ later: UInt64) -> Double {
        guard !pairs.isEmpty, let known = pairs[Pair(earlier: earlier, later: later)] else { return Self.unknown }
        return (known.conflicts + 0.1) / (known.runs + 0.2)
    }

    mutating func observe(_ earlier: UInt64, _ later: UInt64, conflict: Bool) {
        let pair = Pair(earlier: earlier, later: later)
        guard var known = pairs[pair] ?? (conflict ? Experience() : nil) else { return }
        known.runs += 1
        if conflict { known.conflicts += 1 }
        if known.runs >= Self.memory {
            known.runs /= 2
            known.conflicts /= 2
        }
        if pairs.count >= Self.limit { pairs.removeAll() }
        pairs[pair] = known.conflicts < 0.01 ? nil : known
    }

    /// A transaction waited for `earlier` to be committed.
    mutating func waited(_ earlier: UInt64, _ later: UInt64) {
        let pair = Pair(earlier: earlier, later: later)
        guard var known = pairs[pair] else { return }
        known.waits += 1
        if known.waits >= Self.probe { known = Experience(conflicts: known.conflicts / 4, runs: known.runs / 2) }
        pairs[pair] = known
    }
}
