/// How the multi-scalar sum stores points and adds many pairs of them at once. Two ways exist: eight vector lanes
/// (`VectorAdder`) and plain words (`ScalarAdder`).
protocol PointAdder {
    associatedtype Element
    associatedtype Scratch

    static func element(_ point: G1) -> Element
    static func point(_ element: Element) -> G1
    static func negated(_ element: Element) -> Element
    static func scratch(operations: Int) -> Scratch
    static func free(_ scratch: Scratch)

    /// out[slots[k]] = ± points[pairs[2k] >> 1] ± points[pairs[2k + 1] >> 1], the low bits saying minus, for
    /// `count` pairs of finite points. False when a pair is a doubling or a cancellation: then nothing was written
    /// and the caller takes the general path.
    static func add(
        _ points: UnsafePointer<Element>, _ pairs: UnsafePointer<UInt32>, _ count: Int, _ scratch: Scratch,
        _ out: UnsafeMutablePointer<Element>, _ slots: UnsafePointer<UInt32>
    ) -> Bool
}

extension PointAdder {
    /// Pairs per shared inversion: enough that its cost vanishes, few enough that the scratch stays in the cache.
    static var operationsPerInversion: Int { 2048 }

    /// Memory for points, each on whole cache lines; `deallocate` frees it.
    static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(to: Element.self, capacity: count)
    }

    /// All pairs, general ones included: a doubling or cancellation is worked out by itself. `hasInfinity` is set
    /// when a sum is infinity or an operand may be; from then on every pair goes the general way.
    static func addAll(
        _ points: UnsafePointer<Element>, _ pairs: UnsafePointer<UInt32>, _ count: Int, _ scratch: Scratch,
        _ out: UnsafeMutablePointer<Element>, _ slots: UnsafePointer<UInt32>, _ hasInfinity: inout Bool
    ) {
        var start = 0
        while start < count {
            let chunk = min(operationsPerInversion, count - start)
            if hasInfinity || !add(points, pairs + 2 * start, chunk, scratch, out, slots + start) {
                for k in start..<(start + chunk) {
                    let sum = (JacobianPoint(signed(points, pairs[2 * k])) + signed(points, pairs[2 * k + 1])).affine
                    if sum.isInfinity { hasInfinity = true }
                    out[Int(slots[k])] = element(sum)
                }
            }
            start += chunk
        }
    }

    private static func signed(_ points: UnsafePointer<Element>, _ reference: UInt32) -> G1 {
        let value = point(points[Int(reference >> 1)])
        return reference & 1 == 1 ? -value : value
    }
}
