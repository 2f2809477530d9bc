/// Learns what transactions conflict about, so that what will probably be in vain is not executed beside what it needs. A
/// wrong guess costs time, never a result.
///
/// A conflict is put down to a name that both transactions mention (an account, a pool: any word of their calldata, the fee
/// payer), as long as one explains it; else to their kinds.
struct ConflictPredictor: Sendable {
    private struct Pair: Hashable, Sendable {
        var earlier: UInt64
        var later: UInt64
    }

    /// Of so many transactions behind another one so many would have needed it. Old news count half as much every
    /// `memory` of them.
    private struct Experience: Sendable {
        var conflicts = 0.0
        var runs = 0.0

        var risk: Double { (conflicts + 0.1) / (runs + 0.2) }

        mutating func add(_ conflict: Bool) {
            runs += 1
            if conflict { conflicts += 1 }
            if runs >= 64 {
                runs /= 2
                conflicts /= 2
            }
        }

        var isForgotten: Bool { conflicts < 0.01 }
    }

    private static let limit = 4096
    /// Below that a name is not worth looking for.
    private static let leastRisk = 0.02

    private var names: [UInt64: Experience] = [:]
    private var kinds: [Pair: Experience] = [:]
    /// Counts how often the set of hot names has changed.
    private(set) var generation = 0

    init() {}

    var isEmpty: Bool { names.isEmpty && kinds.isEmpty }
    func isHot(_ name: UInt64) -> Bool { names[name].map { $0.risk >= Self.leastRisk } ?? false }
    func risk(of name: UInt64) -> Double { names[name]?.risk ?? 0 }
    func risk(_ earlier: UInt64, _ later: UInt64) -> Double { kinds.isEmpty ? 0 : kinds[Pair(earlier: earlier, later: later)]?.risk ?? 0 }

    mutating func observe(_ earlier: OfferedTx, _ later: OfferedTx, conflict: Bool) {
        if isEmpty && !conflict { return }
        let shared = Self.common(earlier.names, later.names)
        let pair = Pair(earlier: earlier.kind, later: later.kind)
        guard conflict else {
            for name in shared { note(name, false) }
            return note(pair, false)
        }
        let likely = shared.max { risk(of: $0) < risk(of: $1) }
        if let likely, risk(of: likely) >= 0.5 {
            for name in shared { note(name, name == likely) }
            note(pair, false)
        } else if shared.isEmpty {
            note(pair, true)
        } else {
            for name in shared { note(name, true) }
            note(pair, false)
        }
    }

    private mutating func note(_ name: UInt64, _ conflict: Bool) {
        guard var known = names[name] ?? (conflict ? Experience() : nil) else { return }
        let was = names[name] != nil && known.risk >= Self.leastRisk
        known.add(conflict)
        if names.count >= Self.limit {
            names.removeAll()
            generation += 1
        }
        names[name] = known.isForgotten ? nil : known
        if was != (!known.isForgotten && known.risk >= Self.leastRisk) { generation += 1 }
    }

    private mutating func note(_ pair: Pair, _ conflict: Bool) {
        guard var known = kinds[pair] ?? (conflict ? Experience() : nil) else { return }
        known.add(conflict)
        if kinds.count >= Self.limit { kinds.removeAll() }
        kinds[pair] = known.isForgotten ? nil : known
    }

    /// Of two lists in ascending order.
    private static func common(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
        var i = 0, j = 0
        var found: [UInt64] = []
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                found.append(a[i])
                i += 1
                j += 1
            } else if a[i] < b[j] { i += 1 } else { j += 1 }
        }
        return found
    }
}
