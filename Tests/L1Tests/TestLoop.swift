import EventLoop
import Foundation
import L1
import Synchronization

/// Where the golden data are; nil (with a note) when they are not there.
enum Golden {
    static let directory: String? = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["QUETZAL_VECTORS"] ?? here.appendingPathComponent("../shared/vectors").path
        if FileManager.default.fileExists(atPath: path + "/l1") { return path }
        print("golden data not found at \(path): tests that need them pass without looking")
        return nil
    }()
}

/// A seeded generator, so that a failing fuzz run can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    /// One to four random changes: a bit, a byte, a cut, an insertion, or a word made huge.
    mutating func mutate(_ input: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 2: bytes.removeLast(bytes.count - at)
            case 3: bytes.insert(contentsOf: self.bytes(Int.random(in: 1...40, using: &self)), at: at)
            case 4: for place in at..<min(at + 8, bytes.count) { bytes[place] = 0xff }
            default: bytes.removeSubrange(at..<min(at + 32, bytes.count))
            }
        }
        return bytes
    }
}

/// 10⁶ with QUETZAL_LONG=1, a short run otherwise.
var fuzzRounds: Int { ProcessInfo.processInfo.environment["QUETZAL_LONG"] == "1" ? 1_000_000 : 5_000 }
