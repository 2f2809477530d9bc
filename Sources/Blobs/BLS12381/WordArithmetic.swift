/// acc + a·b + carry; the low word is returned, the high word becomes the carry.
@inline(__always) func multiplyAdd(_ acc: UInt64, _ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let wide = UInt128(a) &* UInt128(b) &+ UInt128(acc) &+ UInt128(carry)
    carry = UInt64(truncatingIfNeeded: wide >> 64)
    return UInt64(truncatingIfNeeded: wide)
}

@inline(__always) func add(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let wide = UInt128(a) &+ UInt128(b) &+ UInt128(carry)
    carry = UInt64(truncatingIfNeeded: wide >> 64)
    return UInt64(truncatingIfNeeded: wide)
}

@inline(__always) func subtract(_ a: UInt64, _ b: UInt64, _ borrow: inout UInt64) -> UInt64 {
    let wide = UInt128(a) &- UInt128(b) &- UInt128(borrow)
    borrow = UInt64(truncatingIfNeeded: wide >> 64) & 1
    return UInt64(truncatingIfNeeded: wide)
}
