import ConformanceKit
import Glibc

/// `vectors/chain`: recorded networks. The recording's L1 is served from this process; the real `aztec` of the same build
/// follows it, once with blobs of the blob sink and once of the beacon API, and is asked over HTTP.
///
/// `directory` is one recording, or holds recordings.
public enum ChainConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let absolute = realpath(directory, &text).map { String(cString: $0) } ?? directory
        try visit(absolute, &report)
    }

    private static func visit(_ directory: String, _ report: inout ConformanceReport) throws {
        guard Recording.isRecording(directory) else {
            for below in try Vectors.directories(in: directory) { try visit(below, &report) }
            return
        }
        let recording = try Recording(directory)
        var gossip = GossipChecks(directory, name: recording.name)
        try gossip.run(blocks: recording.serializedBlocks, &report)
        if let committees = try RecordedCommittees(recording) {
            committees.checkL1(&report)
            try committees.checkGossip(&report)
        }
        for source in BlobSource.allCases {
            do {
                try Follow(recording, source).run(&report)
            } catch {
                report.fail(file: recording.name, case: "following with \(source)", expected: "no error", got: "\(error)")
            }
        }
    }
}

/// Where the node gets blobs from.
enum BlobSource: CaseIterable, CustomStringConvertible {
    case sink
    case beacon

    var description: String {
        switch self {
        case .sink: "blob sink"
        case .beacon: "beacon API"
        }
    }

    func arguments(_ base: String) -> [String] {
        switch self {
        case .sink: ["--archiver.blobSinkUrl", base + "/blobsink"]
        case .beacon: ["--l1-consensus-host-urls", base + "/beacon"]
        }
    }
}
