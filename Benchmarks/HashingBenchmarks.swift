import Field
import Hashing
import Signatures

/// Field arithmetic and hashes on one core.
func hashingBenchmarks() -> [BenchmarkRow] {
    fieldRows() + poseidonRows() + digestRows() + curveRows()
}

private let element = Fr(reducing: SHA256.hash(Array("quetzal".utf8)))

private func measureCPU(count: Int = 1, _ body: () -> Void) -> (best: Double, median: Double) {
    measure(count: count, clock: .thread, body)
}

private func fieldRows() -> [BenchmarkRow] {
    let count = 100_000
    var x = element
    let y = element + 7
    let scalar = measureCPU(count: count) {
        for _ in 0..<count { x = x * y }
    }
    let addition = measureCPU(count: count) {
        for _ in 0..<count { x = x + y }
    }
    let inversion = measureCPU(count: 1000) {
        for _ in 0..<1000 { x = (x.inverse() ?? y) + y }
    }
    let power = measureCPU(count: 100) {
        for _ in 0..<100 { x = (x.inverseOfSecret() ?? y) + y }
    }
    var point = GrumpkinPoint.generator + .generator
    let sum = measureCPU(count: 1000) {
        for _ in 0..<1000 { point = point + .generator }
    }
    consume((x, point))
    var rows = [
        BenchmarkRow("field", "Fr multiplication, scalar", scalar.best, "ns", reference: "about 25 ns"),
        BenchmarkRow("field", "Fr addition, scalar", addition.best, "ns"),
        BenchmarkRow("field", "Fr inversion", inversion.best / 1000, "µs", target: 1.1),
        BenchmarkRow("field", "Fr inversion of a secret", power.best / 1000, "µs"),
        BenchmarkRow("field", "Grumpkin point addition", sum.best / 1000, "µs", target: 1.6),
    ]
    let lanes = (0..<8).map { element + Fr(UInt64($0)) }
    for unit in VectorUnit.available {
        let vector = measureCPU(count: 8 * count) { consume(unit.multiplicationChain(lanes, count: count)) }
        let name = "\(unit)".uppercased()
        rows.append(BenchmarkRow("field", "Fr multiplication, \(name), a lane", vector.best, "ns", reference: "3.7–4.0 ns (their experiment)"))
        rows.append(BenchmarkRow("field", "Fr multiplication, scalar ÷ \(name)", scalar.best / vector.best, "×", lowerIsBetter: false))
    }
    return rows
}

private func poseidonRows() -> [BenchmarkRow] {
    var state = (element, element + 1, element + 2, element + 3)
    let scalar = measureCPU(count: 200) {
        for _ in 0..<200 { Poseidon2.permuteScalar(&state) }
    }
    let single = measureCPU(count: 200) {
        for _ in 0..<200 { Poseidon2.permute(&state) }
    }
    consume(state)
    var rows = [BenchmarkRow("poseidon2", "permutation, scalar", scalar.best / 1000, "µs", target: 13, reference: "12.2–12.5 µs")]
    let inputs = (0..<4096).map { element * Fr(UInt64($0 + 1)) }
    if Poseidon2.Path.available.contains(.registers) {
        var states = Array(inputs[..<800])
        let registers = measureCPU(count: 200) { Poseidon2.permuteEach(&states, path: .registers) }
        rows.append(BenchmarkRow("poseidon2", "permutation, general registers", registers.best / 1000, "µs", reference: "12.2–12.5 µs"))
    }
    rows.append(BenchmarkRow("poseidon2", "permutation alone, as it goes here", single.best / 1000, "µs", reference: "12.2–12.5 µs"))
    for unit in VectorUnit.available {
        let batch = measureCPU(count: 2048) { consume(Poseidon2.hashEach(inputs, arity: 2, path: .vector(unit))) }
        let name = "\(unit)".uppercased()
        rows.append(BenchmarkRow("poseidon2", "permutation in batches, \(name)", batch.best / 1000, "µs", target: 2.7, reference: "12.2–12.5 µs (no batches)"))
        rows.append(BenchmarkRow("poseidon2", "permutation, scalar ÷ \(name)", scalar.best / batch.best, "×", lowerIsBetter: false))
    }
    for few in 1...8 {
        let some = Array(inputs[..<(2 * few)])
        let time = measureCPU(count: 100) {
            for _ in 0..<100 { consume(Poseidon2.hashPairs(some)) }
        }
        rows.append(BenchmarkRow("poseidon2", "\(few) pair hash\(few == 1 ? "" : "es") at once, together", time.best / 1000, "µs"))
    }
    let sponge = measureCPU { consume(Poseidon2.hash(inputs)) }
    rows.append(BenchmarkRow("poseidon2", "hash of 4,096 fields", sponge.best / 1e6, "ms", reference: "41 ms (WASM)"))
    // What the hash of a tx with public calls covers.
    let tx = Array(inputs[..<1844])
    let alone = measureCPU { consume(Poseidon2.hash(tx, separator: .publicTxHash)) }
    rows.append(BenchmarkRow("poseidon2", "tx hash alone", alone.best / 1e6, "ms", target: 3.5, reference: "15.6 ms"))
    for count in [8, 20] {
        let many = (0..<count).map { tx + [Fr(UInt64($0))] }
        let separators = many.map { _ in GeneratorIndex.publicTxHash }
        let time = measureCPU(count: count) { consume(Poseidon2.hashMany(many, separators: separators)) }
        rows.append(BenchmarkRow("poseidon2", "tx hash, \(count) at once, each", time.best / 1e6, "ms", target: count == 8 ? 1.3 : nil, reference: "15.6 ms"))
    }
    return rows
}

private func digestRows() -> [BenchmarkRow] {
    let bytes = [UInt8](repeating: 0x5a, count: 1 << 20)
    let sha = measureCPU { consume(SHA256.hash(bytes)) }
    let keccak = measureCPU { consume(Keccak256.hash(bytes)) }
    let pair = measureCPU(count: 1000) {
        for _ in 0..<1000 { consume(SHA256.truncatedPair(element, element)) }
    }
    return [
        BenchmarkRow("digests", "SHA-256", 1_048_576_000 / sha.best, "MB/s", lowerIsBetter: false),
        BenchmarkRow("digests", "SHA-256 tree node (64 bytes)", pair.best, "ns"),
        BenchmarkRow("digests", "Keccak-256", 1_048_576_000 / keccak.best, "MB/s", lowerIsBetter: false),
    ]
}

private func curveRows() -> [BenchmarkRow] {
    var scalar = Fq(12345)
    let multiplication = measureCPU(count: 20) {
        for _ in 0..<20 { scalar = Fq((scalar * GrumpkinPoint.generator).x) }
    }
    consume(scalar)
    guard let key = try? Secp256k1.PrivateKey([UInt8](repeating: 0x11, count: 32)) else { return [] }
    let digest = Keccak256.hash([1, 2, 3])
    let sign = measureCPU(count: 20) {
        for _ in 0..<20 { consume(try? key.sign(digest: digest)) }
    }
    var rows = [
        BenchmarkRow("curves", "Grumpkin scalar multiplication", multiplication.best / 1000, "µs"),
        BenchmarkRow("curves", "secp256k1 signature", sign.best / 1000, "µs", reference: "1,900 µs"),
    ]
    if let signature = try? key.sign(digest: digest) {
        let recover = measureCPU(count: 20) {
            for _ in 0..<20 {
                consume(try? Secp256k1.recoverAddress(digest: digest, r: signature.r, s: signature.s, v: UInt64(signature.v)))
            }
        }
        rows.append(BenchmarkRow("curves", "secp256k1 recovery", recover.best / 1000, "µs", reference: "2,100 µs"))
    }
    return rows
}
