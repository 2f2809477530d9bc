/// Counts of one conformance run; a failing case prints one line when it is reported.
public struct ConformanceReport {
    public private(set) var passed = 0
    public private(set) var failed = 0
    public private(set) var skipped = 0
    /// Reason → cases left out because they concern parts this build does not have.
    public private(set) var skipReasons: [String: Int] = [:]
    /// Failing lines beyond this many are counted only.
    public var printLimit = 200

    public init() {}

    public mutating func pass(_ count: Int = 1) { passed += count }

    public mutating func skip(_ reason: String, count: Int = 1) {
        skipped += count
        skipReasons[reason, default: 0] += count
    }

    public mutating func fail(file: String, case name: String, expected: String, got: String) {
        failed += 1
        guard failed <= printLimit else { return }
        print("FAIL \(file) [\(name)] expected \(Self.shortened(expected)) got \(Self.shortened(got))")
    }

    /// Passes when `got == expected`, else fails with both.
    public mutating func check<T: Equatable>(file: String, case name: @autoclosure () -> String, expected: T, got: T) {
        if expected == got { pass() } else { fail(file: file, case: name(), expected: "\(expected)", got: "\(got)") }
    }

    /// For accept/refuse cases: `body` must throw exactly when `refused` is true.
    public mutating func check(file: String, case name: @autoclosure () -> String, refused: Bool, _ body: () throws -> Void) {
        do {
            try body()
            if refused { fail(file: file, case: name(), expected: "a refusal", got: "acceptance") } else { pass() }
        } catch {
            if refused { pass() } else { fail(file: file, case: name(), expected: "acceptance", got: "\(error)") }
        }
    }

    static func shortened(_ text: String) -> String {
        text.utf8.count <= 300 ? text : "\(text.prefix(200))…\(text.suffix(40)) (\(text.utf8.count) bytes)"
    }
}
