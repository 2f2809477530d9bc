import Archive
import Bytes
import Foundation
import JSON
import Protocol
import Storage
import TemporaryFiles

/// The chain of the vector set `blocks`, blocks only; empty (with a note) when the golden data are not there.
enum RecordedBlocks {
    static let all: [L2Block] = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let directory = (ProcessInfo.processInfo.environment["QUETZAL_VECTORS"] ?? here.appendingPathComponent("../shared/vectors").path) + "/blocks"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { $0.hasPrefix("block-") }.sorted()
        if names.isEmpty { print("golden data not found at \(directory): tests that need them pass without looking") }
        return names.map { name in
            do {
                let document = try JSONDocument.parse(try unzipped(directory + "/" + name))
                guard let bytes = Hex.decode(try document.root.required("blockHex").requireString()) else { fatalError("\(name): no hex") }
                return try L2Block(exactly: bytes)
            } catch { fatalError("\(name): \(error)") }
        }
    }()

    static func unzipped(_ path: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(data)
    }

    static func archived(_ block: L2Block) -> ArchivedBlock {
        let number = UInt64(block.number ?? 0)
        return ArchivedBlock(block: block, l1: L1BlockReference(number: 100 + number, timestamp: 12 * number, hash: Bytes32([UInt8](repeating: UInt8(number), count: 32))!), signatures: [])
    }
}

/// An archive in a directory that is gone when the value is.
final class ScratchArchive {
    private let directory: TemporaryDirectory
    let database: Database
    let archive: Archive

    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory("archive")
        database = try Database(directory.path, mode: .primary, columnFamilies: ArchiveSchema.columnFamilies)
        archive = Archive(database)
    }

    func commit(_ fill: (WriteBatch) throws -> Void) throws {
        let batch = WriteBatch()
        try fill(batch)
        try database.write(batch)
    }

    /// What `fill` answered, its batch committed.
    func removed<T>(_ fill: (WriteBatch) throws(ArchiveError) -> T) throws -> T {
        let batch = WriteBatch()
        let result = try fill(batch)
        try database.write(batch)
        return result
    }

    /// Every row of every family; the tips themselves are compared by their numbers (an absent one counts as 0).
    func dump() throws -> [[UInt8]] {
        var rows: [[UInt8]] = []
        for family in ArchiveSchema.columnFamilies where family.name != ArchiveSchema.meta {
            var iterator = StorageIterator(database.columnFamily(family.name))
            var found = try iterator.seekToFirst()
            while found {
                rows.append(Array(family.name.utf8) + iterator.key + iterator.value)
                found = try iterator.next()
            }
        }
        return rows
    }
}
