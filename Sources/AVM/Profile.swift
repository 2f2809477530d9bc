/// What is counted while instructions run.
protocol Profile {
    mutating func count(_ operation: Operation)
}

struct NoProfile: Profile {
    @inline(__always)
    mutating func count(_ operation: Operation) {}
}

/// Executions by operation.
struct OperationCounts: Profile {
    var counts = [Int](repeating: 0, count: Operation.allCases.count)

    @inline(__always)
    mutating func count(_ operation: Operation) { counts[Int(operation.rawValue)] += 1 }
}
