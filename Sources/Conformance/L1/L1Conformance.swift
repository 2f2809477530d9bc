import ConformanceKit
import JSON

/// The `l1` set: ABI, errors, proposals and their reading, forwarder, prices and transactions (its README).
public enum L1Conformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        let files = try Vectors.files(in: directory, recursive: true)
        var tables = ABITables()
        for path in files {
            guard let document = try? Vectors.json(path) else { continue }
            tables.add(document.root)
        }
        for path in files {
            let document: JSONDocument
            do {
                document = try Vectors.json(path)
            } catch {
                report.fail(file: Vectors.name(path), case: "reading", expected: "JSON", got: "\(error)")
                continue
            }
            run(document.root, file: Vectors.name(path), tables: tables, report: &report)
        }
    }

    /// The format is told by the members.
    private static func run(_ root: JSONElement, file: String, tables: ABITables, report: inout ConformanceReport) {
        if root["contracts"] != nil {
            ABITablesCases.run(root, file, &report)
        } else if root["calls"] != nil || root["results"] != nil || root["events"] != nil {
            ABIExamplesCases(tables: tables, file: file).run(root, &report)
        } else if root["errors"] != nil {
            ABITablesCases.runErrors(root, file, &report)
        } else if root["checkBlobStorageSlot"] != nil {
            ABITablesCases.runStorage(root, file, &report)
        } else if root["creationBytecode"] != nil || root["forward"] != nil {
            ForwarderCases.run(root, file, &report)
        } else if let first = root["cases"]?.elements.first {
            if first["proposeCalldata"] != nil {
                ProposeCases(file: file).run(root, &report)
            } else if first["sequence"] != nil {
                PublisherCases.gasPrices(root, file, &report)
            } else if first["raw"] != nil {
                PublisherCases.transactions(root, file, &report)
            } else if first["encoding"] != nil {
                PublisherCases.proposers(root, file, &report)
            } else if first["privateKey"] != nil {
                PublisherCases.accounts(root, file, &report)
            } else {
                report.skip("\(file): cases of an unknown form", count: root["cases"]?.count ?? 1)
            }
        } else {
            report.skip("\(file): no cases of a known form")
        }
    }
}

extension JSONElement {
    /// Bytes of a `0x…` member.
    func hex(_ key: String) -> [UInt8]? { self[key]?.bytesOfHex }

    var bytesOfHex: [UInt8]? {
        guard let text = string, text.hasPrefix("0x") else { return nil }
        return hexDigits(text)
    }

    /// A number given as JSON number, decimal or hex text.
    var wideNumber: UInt128? { uint64.map { UInt128($0) } ?? string.flatMap { $0.hasPrefix("0x") ? UInt128($0.dropFirst(2), radix: 16) : UInt128($0) } }
    var number: UInt64? { wideNumber.flatMap { UInt64(exactly: $0) } }
}
