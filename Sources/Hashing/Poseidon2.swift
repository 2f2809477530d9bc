public import Field

/// Poseidon2 over Fr: width 4, rate 3, S-box x⁵, 8 full and 56 partial rounds («note 01 §3»).
public enum Poseidon2 {
    /// The permutation of a state of four elements, in place.
    public static func permute(_ state: inout (Fr, Fr, Fr, Fr)) {
        let tables = Poseidon2Tables.shared
        var constants = tables.roundConstants
        let d = tables.diagonal
        var (s0, s1, s2, s3) = state
        externalLayer(&s0, &s1, &s2, &s3)
        for _ in 0..<4 {
            fullRound(&s0, &s1, &s2, &s3, constants)
            constants += 4
        }
        for _ in 0..<Poseidon2Constants.partialRounds {
            s0 = fifthPower(s0 + constants.pointee)
            constants += 1
            let sum = (s0 + s1) + (s2 + s3)
            s0 = s0 * d.0 + sum
            s1 = s1 * d.1 + sum
            s2 = s2 * d.2 + sum
            s3 = s3 * d.3 + sum
        }
        for _ in 0..<4 {
            fullRound(&s0, &s1, &s2, &s3, constants)
            constants += 4
        }
        state = (s0, s1, s2, s3)
    }

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
