extension PrimeField {
    /// `self` to the power of `exponent`; 1 for exponent 0. Variable time.
    public func pow(_ exponent: Limbs4) -> Self {
        // Windows of four bits over a table of the first 16 powers.
        var table = [Self](repeating: .one, count: 16)
        for index in 1..<16 { table[index] = table[index - 1] * self }
        var result = Self.one
        var started = false
        for window in (0..<64).reversed() {
            if started { result = result.squared().squared().squared().squared() }
            let digit = Int(exponent[window >> 4] >> UInt64(4 * (window & 15)) & 15)
            if digit != 0 {
                result = result * table[digit]
                started = true
            }
        }
        return result
    }

    public func pow(_ exponent: UInt64) -> Self { pow(Limbs4(exponent, 0, 0, 0)) }

    /// nil for zero. Variable time: how long it takes depends on the value, so not for secrets
    /// (`inverseOfSecret`).
    public func inverse() -> Self? {
        guard !isZero else { return nil }
        return Self(montgomery: inverseTimesRadixSquared(
            montgomery, Self.modulus, Self.negatedInverse, radixCubed: Self.radixCubed))
    }

    /// nil for zero. The power to the p − 2: the same multiplications for every value, ten times slower.
    public func inverseOfSecret() -> Self? {
        guard !isZero else { return nil }
        return pow(Self.modulus.subtractingReportingBorrow(Limbs4(2, 0, 0, 0)).0)
    }

    /// A square root, nil when there is none (Tonelli–Shanks). Which of the two is unspecified.
    public func squareRoot() -> Self? {
        guard !isZero else { return self }
        let half = pow(Self.halvedOddPart)
        var root = self * half
        var residue = root * half
        var generator = Self.rootOfUnity
        var order = Self.twoAdicity
        while residue != .one {
            // The order of the residue is 2^step; a non-square never falls below the full order.
            var step = 0
            var power = residue
            while power != .one {
                power = power.squared()
                step += 1
                if step == order { return nil }
            }
            var factor = generator
            for _ in 0..<(order - step - 1) { factor = factor.squared() }
            root *= factor
            generator = factor.squared()
            residue *= generator
            order = step
        }
        return root
    }

    /// Replaces every element by its inverse with one inversion in all; zeros stay zero.
    public static func invertAll(_ values: inout [Self]) {
        var prefixes: [Self] = []
        prefixes.reserveCapacity(values.count)
        var product = Self.one
        for value in values {
            prefixes.append(product)
            if !value.isZero { product *= value }
        }
        guard var inverse = product.inverse() else { return }
        for index in values.indices.reversed() where !values[index].isZero {
            let next = inverse * values[index]
            values[index] = inverse * prefixes[index]
            inverse = next
        }
    }
}
