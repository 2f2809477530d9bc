import Blobs
import Field
import Glibc

/// SplitMix64, seeded, so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    mutating func fp() -> Fp { Fp(wordsOf: [0] + bytes(47)).montgomery }
    mutating func fp2() -> Fp2 { Fp2(fp(), fp()) }
    mutating func fp12() -> Fp12 {
        Fp12(Fp6(fp2(), fp2(), fp2()), Fp6(fp2(), fp2(), fp2()))
    }
    mutating func scalar() -> BLSScalar { BLSScalar(reducing: bytes(32)) }
    mutating func field() -> Fr { Fr(reducing: bytes(40)) }
    mutating func g1() -> G1 { JacobianPoint(G1.generator).times(words(scalar())).affine }
}

/// A scalar's canonical integer as little-endian words.
func words(_ scalar: BLSScalar) -> [UInt64] { (0..<4).map { scalar.canonical.word($0) } }

/// How often a fuzz test runs: a short form, and a long one on request.
func rounds(_ short: Int, long: Int) -> Int { getenv("QUETZAL_LONG") != nil ? long : short }

enum Shared {
    static let setup = Result { try TrustedSetup.find() }
    static let kzg = Result { try KZG(try setup.get()) }

    /// A file of the golden data; nil, with a note, where that is not there.
    static func golden(_ name: String) -> [UInt8]? {
        let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? packageRoot + "/../shared/vectors"
        for path in [root + "/" + name, packageRoot + "/../../shared/vectors/" + name] {
            guard let file = fopen(path, "rb") else { continue }
            defer { fclose(file) }
            fseek(file, 0, SEEK_END)
            var bytes = [UInt8](repeating: 0, count: max(ftell(file), 0))
            rewind(file)
            guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return nil }
            return bytes
        }
        print("no golden data \(name): set QUETZAL_VECTORS")
        return nil
    }

    private static let packageRoot: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()
}
