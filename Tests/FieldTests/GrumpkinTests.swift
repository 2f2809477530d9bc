import Bytes
import Field
import Testing

@Suite struct GrumpkinTests {
    static func fr(_ hex: String) -> Fr { Fr(hex: hex)! }
    let g = GrumpkinPoint.generator

    @Test func multiplesOfTheGenerator() {
        #expect(g.isOnCurve)
        #expect(Fq(2) * g == GrumpkinPoint(
            x: Self.fr("06ce1b0827aafa85ddeb49cdaa36306d19a74caa311e13d46d8bc688cdbffffe"),
            y: Self.fr("1c122f81a3a14964909ede0ba2a6855fc93faf6fa1a788bf467be7e7a43f80ac")))
        #expect(Fq(3) * g == GrumpkinPoint(
            x: Self.fr("2941b0928df1b9480273773b36397da3e495430a2a7a3857661bc7a446c94f4d"),
            y: Self.fr("13ae7e938c892308bef0f45ee7386daa2d3b447349a7d0a11b5aa4cfbe69072c")))
        #expect(-Fq.one * g == -g)
        #expect(Fq.zero * g == .infinity)
    }

    @Test func groupLaws() {
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<20 {
            let a = Fq.sample(&generator)
            let b = Fq.sample(&generator)
            let p = a * g
            let q = b * g
            #expect(p.isOnCurve)
            #expect(p + q == (a + b) * g)
            #expect(p + p == Fq(2) * p)
            #expect(p - p == .infinity)
            #expect(p + .infinity == p && .infinity + p == p)
            #expect(GrumpkinPoint.sum([(a, q), (b, p)]) == (a * b).doubled() * g)
        }
    }

    /// Sums of affine points against sums of scalars.
    @Test func affineSums() {
        var generator = SeededGenerator(seed: 23)
        var scalar = Fq.sample(&generator)
        var point = scalar * g
        for round in 0..<60 {
            let other = round % 5 == 0 ? scalar : round % 7 == 0 ? -scalar + 1 : Fq.sample(&generator)
            point = point + (other * g)
            scalar += other
            #expect(point == scalar * g)
        }
    }

    /// An infinite operand leaves the other as it is, coordinates and all.
    @Test func infiniteOperands() {
        let odd = GrumpkinPoint(x: 3, y: 4, isInfinite: true)
        #expect(odd + g == g && g + odd == g)
        #expect(odd + odd == odd && GrumpkinPoint.infinity + odd == odd && odd + .infinity == .infinity)
        #expect(g + -g == .infinity && (g + -g).isInfinite)
    }

    @Test func compression() throws {
        let small = GrumpkinPoint(
            x: Self.fr("1af41f5de96446dc3776a1eb2d98bb956b7acd9979a67854bec6fa7c2973bd73"),
            y: Self.fr("07fc22c7f2c7057571f137fe46ea9c95114282bc95d37d71ec4bfb88de457d4a"))
        #expect(small.compressed.hex == "0x9af41f5de96446dc3776a1eb2d98bb956b7acd9979a67854bec6fa7c2973bd73")
        #expect(GrumpkinPoint(compressed: small.compressed) == small)
        let large = -small
        #expect(large.compressed == large.x.bytes)
        #expect(GrumpkinPoint(compressed: large.compressed) == large)
        #expect(try GrumpkinPoint(exactly: small.serialized) == small)
        #expect(GrumpkinPoint(compressed: Fr.modulus.bigEndianBytes) == nil)
        #expect(GrumpkinPoint.infinity.isOnCurve && !GrumpkinPoint.zero.isOnCurve)
        #expect(GrumpkinPoint.infinity.bytes64 == nil)
    }

    /// Any bytes: refused, or a value that writes back to the same bytes.
    @Test func decodersOfRandomBytes() {
        var generator = SeededGenerator(seed: 22)
        for _ in 0..<fuzzRounds {
            let length = [0, 1, 31, 32, 33, 63, 64, 65][Int(generator.next() % 8)]
            var bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            if length > 0, generator.next() & 1 == 0 { bytes[0] &= 0x9f }
            if length > 32, generator.next() & 1 == 0 { bytes[32] &= 0x1f }
            if let point = GrumpkinPoint(compressed: bytes) {
                #expect(point.isOnCurve && point.compressed == bytes)
            }
            if let point = try? GrumpkinPoint(exactly: bytes) { #expect(point.bytes64 == bytes) }
            if let field = Fr(canonical: bytes) { #expect(field.bytes == bytes) }
            let text = String(decoding: bytes, as: UTF8.self)
            if let field = Fr(hex: text) { #expect(field.hex.hasSuffix(text.lowercased()) || text.hasPrefix("0x")) }
            _ = Fr(reducing: bytes)
        }
    }
}
