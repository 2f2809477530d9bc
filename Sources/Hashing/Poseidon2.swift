public import Field

/// Poseidon2 over Fr: width 4, rate 3, S-box x⁵, 8 full and 56 partial rounds («note 01 §3»).
public enum Poseidon2 {
    /// The permutation of a state of four elements, in place.
    public static func permute(_ state: inout (Fr, Fr, Fr, Fr)) {
        if let single = Poseidon2Single.shared { single.permute(&state) } else { permute(&state, path: .registers) }
    }

    /// The same with the code of a path.
    static func permute(_ state: inout (Fr, Fr, Fr, Fr), path: Path) {
        switch path {
        case .vector: permute(&state)
        case .registers where Poseidon2Registers.isAvailable: Poseidon2Registers.permute(&state)
        case .registers, .scalar: permuteScalar(&state)
        }
    }

    /// The same with the code that runs on every processor: for tests and benchmarks that compare them.
    public static func permuteScalar(_ state: inout (Fr, Fr, Fr, Fr)) {
        let tables = Poseidon2Tables.shared
        var constants = tables.roundConstants
        let d = tables.diagonal
        var (s0, s1, s2, s3) = state
        externalLayer(&s0, &s1, &s2, &s3)
        for _ in 0..<4 {
            fullRound(&s0, &s1, &s2, &s3, constants)
            constants += 4
        }
        partialRounds(&s0.montgomery, &s1.montgomery, &s2.montgomery, &s3.montgomery, constants, d)
        (s0, s1, s2, s3) = (s0.reduced, s1.reduced, s2.reduced, s3.reduced)
        constants += Poseidon2Constants.partialRounds
        for _ in 0..<4 {
            fullRound(&s0, &s1, &s2, &s3, constants)
            constants += 4
        }
        state = (s0, s1, s2, s3)
    }

    /// The 56 partial rounds on values kept below 2p only, in and out; bounds in multiples of p stand beside.
    @inline(__always)
    private static func partialRounds(
        _ s0: inout Limbs4, _ s1: inout Limbs4, _ s2: inout Limbs4, _ s3: inout Limbs4,
        _ constants: UnsafePointer<Fr>, _ d: (Fr, Fr, Fr, Fr)
    ) {
        for round in 0..<Poseidon2Constants.partialRounds {
            let x = s0.addingWrapping(constants[round].montgomery)  // 3
            let square = lazyProduct(x, x)  // 9/5.28 + 1 < 2.71
            let fourth = lazyProduct(square, square)  // < 2.39
            let fifth = lazyProduct(fourth, x)  // < 2.36
            let sum = lazySum(lazySum(fifth, s1), lazySum(s2, s3))  // < 2.36, each sum below 4.36
            s0 = lazySum(lazyProduct(fifth, d.0.montgomery), sum)  // product < 1.45, sum < 3.81
            s1 = lazySum(lazyProduct(s1, d.1.montgomery), sum)
            s2 = lazySum(lazyProduct(s2, d.2.montgomery), sum)
            s3 = lazySum(lazyProduct(s3, d.3.montgomery), sum)
        }
    }

    @inline(__always)
    private static func lazyProduct(_ a: Limbs4, _ b: Limbs4) -> Limbs4 {
        montgomeryMultiplyLazily(a, b, Fr.modulus, Fr.negatedInverse)
    }

    /// `a + b`, less 2p if that stays positive: below max(2, A − 2)·p for sums below A·p, A up to 4.6.
    @inline(__always)
    private static func lazySum(_ a: Limbs4, _ b: Limbs4) -> Limbs4 { reduceOnce(a.addingWrapping(b), twiceModulus) }

    @inline(__always)
    private static var twiceModulus: Limbs4 { Fr.modulus.addingWrapping(Fr.modulus) }

    @inline(__always)
    private static func fullRound(_ s0: inout Fr, _ s1: inout Fr, _ s2: inout Fr, _ s3: inout Fr, _ constants: UnsafePointer<Fr>) {
        s0 = fifthPower(s0 + constants[0])
        s1 = fifthPower(s1 + constants[1])
        s2 = fifthPower(s2 + constants[2])
        s3 = fifthPower(s3 + constants[3])
        externalLayer(&s0, &s1, &s2, &s3)
    }

    @inline(__always)
    private static func fifthPower(_ x: Fr) -> Fr {
        let square = x * x
        return square * square * x
    }

    /// The matrix [[5,7,1,3],[4,6,1,1],[1,3,5,7],[1,1,4,6]] in additions only.
    @inline(__always)
    private static func externalLayer(_ s0: inout Fr, _ s1: inout Fr, _ s2: inout Fr, _ s3: inout Fr) {
        let t0 = s0 + s1
        let t1 = s2 + s3
        let t2 = s1.doubled() + t1
        let t3 = s3.doubled() + t0
        let t4 = t1.doubled().doubled() + t3
        let t5 = t0.doubled().doubled() + t2
        s0 = t3 + t5
        s1 = t5
        s2 = t2 + t4
        s3 = t4
    }
}

extension Fr {
    /// From a Montgomery form below 2p.
    fileprivate var reduced: Fr { Fr(montgomery: reduceOnce(montgomery, Fr.modulus)) }
}
