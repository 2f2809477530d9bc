public import ConformanceKit
import JSON
import PublicExecution

/// Public transactions and AVM programs recorded from the reference (vectors/avm/README.md): every scenario and every
/// file of generated programs below the directory.
public enum AVMConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        let executor = TransactionExecutor()
        var transactions = 0, programs = 0
        var outcomes: [String: String] = [:]
        for path in try Vectors.files(in: directory, recursive: true) {
            let root = try Vectors.json(path).root
            guard root["steps"] != nil else { continue }
            let file = Vectors.name(path)
            do {
                var scenario = try ScenarioRun(root, file: file, directories: directories(directory, path), executor: executor)
                try scenario.run(&report)
                transactions += scenario.outcomes.utf8.count
                outcomes[file] = scenario.outcomes
            } catch {
                report.fail(file: file, case: "scenario", expected: "a run", got: "\(error)")
            }
        }
        try checkIndex(directory, outcomes, &report)
        for path in try Vectors.files(in: directory, suffixes: [".jsonl"], recursive: true) {
            do {
                programs += try runPrograms(path, directories(directory, path), executor, &report)
            } catch {
                report.fail(file: Vectors.name(path), case: "programs", expected: "a run", got: "\(error)")
            }
        }
        print("\(transactions) transactions, \(programs) generated programs")
    }

    private static func runPrograms(
        _ path: String, _ directories: [String], _ executor: TransactionExecutor, _ report: inout ConformanceReport
    ) throws -> Int {
        let lines = try Vectors.lines(path)
        guard let first = lines.first else { return 0 }
        let header = try JSONDocument.parse(first).root
        let run = try FuzzRun(header: header, file: Vectors.name(path), directories: directories, executor: executor)
        try run.checkBase(header, &report)
        for line in lines.dropFirst() { try run.run(JSONDocument.parse(line).root, &report) }
        report.check(file: run.file, case: "count", expected: header["count"]?.int ?? lines.count - 1, got: lines.count - 1)
        return lines.count - 1
    }

    /// The index, where there is one, says how each transaction ends, so a missing one is found too.
    private static func checkIndex(_ directory: String, _ outcomes: [String: String], _ report: inout ConformanceReport) throws {
        let path = directory + "/index.json"
        guard Vectors.exists(path) else { return }
        for entry in try Vectors.json(path).root.elements {
            let file = Vectors.name(try entry.member("file").text())
            report.check(file: "index.json", case: file, expected: try entry.member("outcomes").text(), got: outcomes[file] ?? "no run")
        }
    }

    /// Where a file's bytecode may lie: beside it, above it, or in the set's directory.
    static func directories(_ directory: String, _ path: String) -> [String] {
        let own = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return [own.joined(separator: "/"), own.dropLast().joined(separator: "/"), directory].filter { !$0.isEmpty }
    }
}
