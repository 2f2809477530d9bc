import Blobs
import Field
import Glibc

/// Blobs on one core: a full blob of random fields, and the sparse ones most blocks have.
func blobBenchmarks() -> [BenchmarkRow] {
    guard let setup = try? TrustedSetup.find(), let kzg = try? KZG(setup) else {
        print("blobs: no trusted setup found")
        return []
    }
    var element = Fr(reducing: Array("blob benchmark, any field will do".utf8))
    func blob(_ count: Int) -> Blob? {
        try? Blob(fields: (0..<count).map { _ in
            element = element * element + 1
            return element
        })
    }
    guard let full = blob(4096), let some = blob(400), let few = blob(40), let commitment = try? kzg.commit(to: full) else { return [] }
    let z = BLSScalar(element)
    guard let (proof, y) = try? kzg.open(full, at: z) else { return [] }
    func milliseconds(_ body: () -> Void) -> Double { measure(clock: .thread, body).best / 1e6 }
    let commit = milliseconds { consume(try? kzg.commit(to: full)) }
    var rows = [
        BenchmarkRow("blobs", "commitment, 4,096 fields", commit, "ms", target: 12, reference: "51 ms"),
        BenchmarkRow("blobs", "commitment, 400 fields", milliseconds { consume(try? kzg.commit(to: some)) }, "ms"),
        BenchmarkRow("blobs", "commitment, 40 fields", milliseconds { consume(try? kzg.commit(to: few)) }, "ms"),
        BenchmarkRow("blobs", "opening proof", milliseconds { consume(try? kzg.open(full, at: z)) }, "ms", target: 15, reference: "54 ms"),
        BenchmarkRow(
            "blobs", "verification", milliseconds { consume(try? kzg.verify(commitment, z: z, y: y, proof: proof)) }, "ms",
            target: 3, reference: "1.2 ms"),
        BenchmarkRow("blobs", "sidecar proof", milliseconds { consume(try? kzg.sidecarProof(full, commitment: commitment)) }, "ms", reference: "54 ms"),
        BenchmarkRow("blobs", "setup from its file", milliseconds { consume(try? KZG(setup)) }, "ms"),
    ]
    if let scalar = try? KZG(setup, vector: false) {
        let time = milliseconds { consume(try? scalar.commit(to: full)) }
        rows.append(BenchmarkRow("blobs", "commitment, scalar code", time, "ms", reference: "51 ms (assembly)"))
        rows.append(BenchmarkRow("blobs", "commitment, scalar ÷ IFMA", time / commit, "×", lowerIsBetter: false))
    }
    return rows
}
