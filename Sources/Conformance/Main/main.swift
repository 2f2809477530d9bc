import ConformanceKit
@preconcurrency import Glibc
#if canImport(CryptoConformance)
import CryptoConformance
#endif
#if canImport(TypesConformance)
import TypesConformance
#endif
#if canImport(ConstantsConformance)
import ConstantsConformance
#endif
#if canImport(L1Conformance)
import L1Conformance
#endif
#if canImport(KZGConformance)
import KZGConformance
#endif
#if canImport(WorldStateConformance)
import WorldStateConformance
#endif
#if canImport(BlocksConformance)
import BlocksConformance
#endif
#if canImport(ChainConformance)
import ChainConformance
#endif
#if canImport(AVMConformance)
import AVMConformance
#endif
#if canImport(P2PConformance)
import P2PConformance
#endif
#if canImport(Discv5Conformance)
import Discv5Conformance
#endif

// quetzal-conformance <set> <directory>: every case under the directory in the format of the set's README.
// Sets that a focused build left out (Package.swift, QUETZAL_FOCUS) are not in the table.

typealias Run = (String, inout ConformanceReport) throws -> Void
var sets: [(name: String, run: Run)] = []
#if canImport(CryptoConformance)
sets.append(("crypto", CryptoConformance.run))
#endif
#if canImport(TypesConformance)
sets.append(("types", TypesConformance.run))
#endif
#if canImport(ConstantsConformance)
sets.append(("constants", ConstantsConformance.run))
#endif
#if canImport(L1Conformance)
sets.append(("l1", L1Conformance.run))
#endif
#if canImport(KZGConformance)
sets.append(("kzg", KZGConformance.run))
#endif
#if canImport(WorldStateConformance)
sets.append(("world-state", WorldStateConformance.run))
#endif
#if canImport(BlocksConformance)
sets.append(("blocks", BlocksConformance.run))
#endif
#if canImport(ChainConformance)
sets.append(("chain", ChainConformance.run))
#endif
#if canImport(AVMConformance)
sets.append(("avm", AVMConformance.run))
#endif
#if canImport(P2PConformance)
sets.append(("p2p", P2PConformance.run))
#endif
#if canImport(Discv5Conformance)
sets.append(("discv5", Discv5Conformance.run))
#endif

@MainActor func refuse(_ message: String) -> Never {
    fputs("quetzal-conformance: \(message)\nusage: quetzal-conformance <\(sets.map(\.name).joined(separator: "|"))> <directory>\n", stderr)
    exit(2)
}

setvbuf(stdout, nil, _IOLBF, 0)
let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 2 else { refuse("two arguments are needed, \(arguments.count) given") }
guard let set = sets.first(where: { $0.name == arguments[0] }) else { refuse("unknown set «\(arguments[0])»") }
guard Vectors.isDirectory(arguments[1]) else { refuse("not a directory: \(arguments[1])") }
var report = ConformanceReport()
do {
    try set.run(arguments[1], &report)
} catch {
    report.fail(file: arguments[1], case: "reading the set", expected: "readable files", got: "\(error)")
}
for (reason, count) in report.skipReasons.sorted(by: { $0.key < $1.key }) { print("skipped \(count): \(reason)") }
if report.passed + report.failed == 0 { print("no case found under \(arguments[1])") }
print("\(report.passed) passed, \(report.failed) failed" + (report.skipped > 0 ? ", \(report.skipped) skipped" : ""))
exit(report.failed == 0 && report.passed > 0 ? 0 : 1)
