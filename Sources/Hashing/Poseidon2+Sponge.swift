public import Field

extension Poseidon2 {
    /// `H(inputs…)`: the sponge in fixed-length mode with one output. Any count, also zero.
    public static func hash(_ inputs: [Fr]) -> Fr { inputs.withUnsafeBufferPointer { hash($0) } }

    public static func hash(_ inputs: ArraySlice<Fr>) -> Fr { inputs.withUnsafeBufferPointer { hash($0) } }

    public static func hash(_ inputs: Span<Fr>) -> Fr { inputs.withUnsafeBufferPointer { hash($0) } }

    public static func hash(_ inputs: UnsafeBufferPointer<Fr>) -> Fr {
        hash(inputs, path: .best)
    }

    static func hash(_ inputs: UnsafeBufferPointer<Fr>, path: Path) -> Fr {
        var sponge = Sponge(length: inputs.count)
        sponge.path = path
        sponge.absorb(inputs)
        return sponge.squeeze()
    }

    /// `H(separator, inputs…)` («note 01 §6»): the separator is one more leading input.
    public static func hash(_ inputs: [Fr], separator: GeneratorIndex) -> Fr { hash(inputs, separator: separator.rawValue) }

    public static func hash(_ inputs: [Fr], separator: some FixedWidthInteger & UnsignedInteger) -> Fr {
        inputs.withUnsafeBufferPointer { hash($0, separator: Fr(separator)) }
    }

    public static func hash(_ inputs: UnsafeBufferPointer<Fr>, separator: Fr) -> Fr {
        var sponge = Sponge(length: inputs.count + 1)
        sponge.absorb(separator)
        sponge.absorb(inputs)
        return sponge.squeeze()
    }

    /// `H(a, b)`: the inner node of every Poseidon2 tree.
    public static func hashPair(_ a: Fr, _ b: Fr) -> Fr {
        var state = (a, b, Fr.zero, initialValue(2))
        permute(&state)
        return state.0
    }

    public static func hashTriple(_ a: Fr, _ b: Fr, _ c: Fr) -> Fr {
        var state = (a, b, c, initialValue(3))
        permute(&state)
        return state.0
    }

    public static func hashQuad(_ a: Fr, _ b: Fr, _ c: Fr, _ d: Fr) -> Fr {
        var state = (a, b, c, initialValue(4))
        permute(&state)
        state.0 += d
        permute(&state)
        return state.0
    }

    /// `r := inputs[0]; r := H(inputs[i], r)` for the rest; the bytecode commitment's chain. Zero for no inputs.
    public static func accumulate(_ inputs: [Fr]) -> Fr {
        guard var result = inputs.first else { return .zero }
        for input in inputs.dropFirst() { result = hashPair(input, result) }
        return result
    }

    /// `H` of the 31-byte chunks of `bytes` read as little-endian integers: selectors only («note 01 §5»).
    public static func hash(selectorBytes bytes: [UInt8]) -> Fr {
        hash(stride(from: 0, to: bytes.count, by: 31).map { start in
            Fr(unchecked: Limbs4(bigEndian: Array(bytes[start..<min(start + 31, bytes.count)].reversed())))
        })
    }

    /// What the capacity element starts with: the input count times 2^64.
    @inline(__always)
    static func initialValue(_ count: Int) -> Fr { Fr(unchecked: Limbs4(0, UInt64(count), 0, 0)) }

    /// The sponge with its declared length, absorbing any number of elements at a time. Absorbing a count other
    /// than `length` is the caller's mistake and gives the hash of nothing meaningful.
    public struct Sponge: Sendable {
        var state: (Fr, Fr, Fr, Fr)
        /// Elements added to the state since its last permutation, 0...3.
        var pending = 0
        var permuted = false
        var path = Path.best

        public init(length: Int) {
            state = (.zero, .zero, .zero, Poseidon2.initialValue(length))
        }

        public mutating func absorb(_ element: Fr) {
            if pending == 3 { permute() }
            switch pending {
            case 0: state.0 += element
            case 1: state.1 += element
            default: state.2 += element
            }
            pending += 1
        }

        public mutating func absorb(_ elements: UnsafeBufferPointer<Fr>) {
            var at = 0
            while at < elements.count, pending != 0 {
                absorb(elements[at])
                at += 1
                if pending == 3 { permute() }
            }
            while elements.count - at >= 3 {
                state.0 += elements[at]
                state.1 += elements[at + 1]
                state.2 += elements[at + 2]
                permute()
                at += 3
            }
            while at < elements.count {
                absorb(elements[at])
                at += 1
            }
        }

        public mutating func absorb(_ elements: [Fr]) { elements.withUnsafeBufferPointer { absorb($0) } }

        /// The output. The permutation runs when anything is pending, and at least once in all.
        public mutating func squeeze() -> Fr {
            if pending > 0 || !permuted { permute() }
            return state.0
        }

        private mutating func permute() {
            Poseidon2.permute(&state, path: path)
            pending = 0
            permuted = true
        }
    }
}
