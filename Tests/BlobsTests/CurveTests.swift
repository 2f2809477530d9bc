import Blobs
import Testing

@Suite struct CurveTests {
    @Test func additionFollowsTheGroupLaws() {
        var random = Seeded(state: 10)
        for _ in 0..<20 {
            let (p, q, r) = (random.g1(), random.g1(), random.g1())
            #expect(p.isOnCurve && p.isInSubgroup)
            let (jp, jq) = (JacobianPoint(p), JacobianPoint(q))
            #expect(jp + jq == (jq + jp).affine)
            #expect((jp + jq) + r == (jp + (jq + r)).affine)
            #expect(jp + p == jp.doubled.affine && jp + jp.doubled.doubled == (jp.doubled + jp.doubled + p).affine)
            #expect((jp + -p).isInfinity && (jp + -jp).isInfinity)
            #expect(jp + G1.infinity == p && JacobianPoint.infinity + p == p)
        }
    }

    @Test func orderOfTheSubgroup() {
        let order: [UInt64] = [0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48]
        #expect(JacobianPoint(G1.generator).times(order).isInfinity)
    }

    /// The endomorphism test must agree with multiplication by the order on points of the whole curve.
    @Test func subgroupTestIsExact() {
        var random = Seeded(state: 11)
        let order: [UInt64] = [0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48]
        var outside = 0
        for _ in 0..<30 {
            let x = random.fp()
            guard let y = (x.squared() * x + .curveConstant).squareRoot() else { continue }
            let point = G1(x, y)
            let isMember = JacobianPoint(point).times(order).isInfinity
            #expect(point.isInSubgroup == isMember)
            outside += isMember ? 0 : 1
            // Times the cofactor every point is a member.
            let cleared = JacobianPoint(point).times([0x8c00_aaab_0000_aaab, 0x396c_8c00_5555_e156]).affine
            #expect(cleared.isInSubgroup)
        }
        #expect(outside > 5)
        for _ in 0..<6 {
            let x = random.fp2()
            guard let y = (x.squared() * x + .curveConstant).squareRoot() else { continue }
            let point = G2(x, y)
            #expect(point.isOnCurve)
            #expect(point.isInSubgroup == JacobianPoint(point).times(order).isInfinity)
        }
    }

    @Test func compressionRoundTrips() throws {
        var random = Seeded(state: 12)
        for _ in 0..<20 {
            let p = random.g1()
            #expect(try G1(compressed: p.compressed) == p)
            #expect(try G1(compressed: (-p).compressed) == -p)
        }
        #expect(try G1(compressed: G1.infinity.compressed).isInfinity)
        let setup = try Shared.setup.get()
        for power in 0..<5 {
            let q = try G2(compressed: setup.powerG2(power))
            #expect(q.compressed == setup.powerG2(power))
            #expect(try G2(compressed: (-q).compressed) == -q)
        }
        #expect(try G2(compressed: G2.infinity.compressed).isInfinity)
    }

    @Test func malformedPointsAreRefused() {
        let good = G1.generator.compressed
        func refusal(_ bytes: [UInt8]) -> PointError? {
            do { _ = try G1(compressed: bytes) } catch { return error }
            return nil
        }
        #expect(refusal(Array(good.dropLast())) == .length(47))
        #expect(refusal(good + [0]) == .length(49))
        #expect(refusal([good[0] & 0x7f] + good[1...]) == .flags)
        #expect(refusal([0xc0] + [UInt8](repeating: 0, count: 46) + [1]) == .flags)
        #expect(refusal([0xe0] + [UInt8](repeating: 0, count: 47)) == .flags)
        #expect(refusal([UInt8](repeating: 0, count: 48)) == .flags)
        #expect(refusal([UInt8](repeating: 0xff, count: 48)) == .flags)
        #expect(refusal([0x9f] + [UInt8](repeating: 0xff, count: 47)) == .coordinateTooLarge)
        // x = 0 has y = ±2, a point of order three.
        #expect(refusal([0x80] + [UInt8](repeating: 0, count: 47)) == .notInSubgroup)
        // The generator's coordinate plus the modulus, should it fit, is not another name for it.
        #expect(refusal([0x80] + [UInt8](repeating: 0, count: 46) + [1]) == .notOnCurve)
    }

    /// Whatever bytes: no crash, and what is accepted is canonical.
    @Test func fuzzedPoints() {
        var random = Seeded(state: 13)
        var accepted = 0
        for round in 0..<rounds(1500, long: 1_000_000) {
            var bytes = round % 3 == 0 ? random.bytes(48) : G1.generator.compressed
            if round % 3 != 0 { bytes[Int(random.next() % 48)] ^= UInt8(truncatingIfNeeded: random.next()) }
            if round % 3 == 0 { bytes[0] = bytes[0] & 0x3f | 0x80 }
            guard let point = try? G1(compressedOnCurve: bytes) else { continue }
            accepted += 1
            #expect(point.isOnCurve && point.compressed == bytes)
        }
        #expect(accepted > 100)
        for _ in 0..<rounds(200, long: 1_000_000) {
            var bytes = random.bytes(96)
            bytes[0] = bytes[0] & 0x3f | 0x80
            guard let point = try? G2(compressedOnCurve: bytes) else { continue }
            #expect(point.isOnCurve && point.compressed == bytes)
        }
    }

    @Test func pairingIsBilinear() throws {
        let setup = try Shared.setup.get()
        let q = try G2(compressed: setup.powerG2(0))
        let tau = try G2(compressed: setup.powerG2(1))
        #expect(q.isInSubgroup && tau.isInSubgroup)
        let tauG1 = try G1(compressed: setup.powerG1(1))
        let (lines, tauLines) = (PreparedG2(q), PreparedG2(tau))
        var random = Seeded(state: 14)
        let a = random.scalar()
        let multiple = JacobianPoint(G1.generator).times(words(a)).affine
        let multipleQ = PreparedG2(JacobianPoint(q).times(words(a)).affine)
        // e(aG, Q) = e(G, aQ); e(τG, Q) = e(G, τQ)
        #expect(Pairing.productIsOne([(multiple, lines), (-G1.generator, multipleQ)]))
        #expect(Pairing.productIsOne([(tauG1, lines), (-G1.generator, tauLines)]))
        #expect(!Pairing.productIsOne([(multiple, lines), (-G1.generator, lines)]))
        #expect(!Pairing.productIsOne([(G1.generator, lines)]))
        #expect(Pairing.productIsOne([(G1.infinity, lines)]) && Pairing.productIsOne([]))
    }
}
