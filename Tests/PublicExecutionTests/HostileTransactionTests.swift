import AVMConformance
import ConformanceKit
import FieldKit
import Glibc
import Testing

/// Mutated golden transactions: what peers may send.
@Suite struct HostileTransactionTests {
    @Test func everyTransactionHasAnOutcomeThatFollowsFromItsReads() throws {
        guard let directory = Golden.directory("avm") else { return }
        var report = ConformanceReport()
        report.printLimit = 20
        let isLong = getenv("QUETZAL_LONG") != nil
        let outcomes = try AVMConformance.runMutated(
            directory: directory, count: isLong ? 100 : 4, every: isLong ? 1 : 3, ofEvery: isLong ? 1 : 8, random: SeededGenerator(seed: 4), report: &report)
        print("mutated transactions: \(outcomes)")
        #expect(report.failed == 0)
        // The mix must not dry up.
        #expect(outcomes.executed > 50 && outcomes.reverted > 20 && outcomes.dropped > 50)
    }
}

enum Golden {
    /// The set's directory by QUETZAL_VECTORS or beside the package; nil with a note when it is not there.
    static func directory(_ set: String) -> String? {
        let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? packageRoot + "/../shared/vectors"
        let directory = root + "/" + set
        guard Vectors.isDirectory(directory) else {
            print("no golden data at \(directory): skipped")
            return nil
        }
        return directory
    }

    private static var packageRoot: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }
}
