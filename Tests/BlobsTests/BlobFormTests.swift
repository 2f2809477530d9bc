import Blobs
import Bytes
import Field
import FuzzKit
import JSON
import Testing

@Suite struct BlobFormTests {
    func opened() throws -> OpenedBlob {
        var random = Seeded(state: 40)
        return try OpenedBlob.blobs(of: (0..<50).map { _ in random.field() }, kzg: Shared.kzg.get())[0]
    }

    @Test func recordRoundTrips() throws {
        let blob = try opened()
        let bytes = blob.serialized
        #expect(bytes.count == 131_072 + 4 + 64 + 36 + 52 + 52)
        #expect(try OpenedBlob(exactly: bytes) == blob)
        #expect(throws: DecodingError.self) { try OpenedBlob(exactly: bytes + [0]) }
        #expect(throws: DecodingError.self) { try OpenedBlob(exactly: Array(bytes.dropLast())) }
    }

    /// Every length word and every truncation is noticed.
    @Test func fuzzedRecords() throws {
        var random = Seeded(state: 41)
        let bytes = try opened().serialized
        for offset in [0, 131_076 + 64, 131_076 + 100, 131_076 + 152] {
            for byte in 0..<4 {
                var changed = bytes
                changed[offset + byte] ^= 1 << UInt8(random.next() % 8)
                #expect(throws: DecodingError.self) { try OpenedBlob(exactly: changed) }
            }
        }
        for _ in 0..<rounds(60, long: 1_000_000) {
            let cut = Int(random.next() % UInt64(bytes.count))
            #expect(throws: DecodingError.self) { try OpenedBlob(exactly: Array(bytes[..<cut])) }
            let noise = random.bytes(Int(random.next() % 300))
            #expect(throws: DecodingError.self) { try OpenedBlob(exactly: noise) }
        }
    }

    @Test func sidecarRoundTripsAndIsChecked() throws {
        let kzg = try Shared.kzg.get()
        let sidecar = try opened().sidecar(index: 2)
        let read = try BlobSidecar(json: JSONDocument.parse(sidecar.jsonBytes).root)
        #expect(read == sidecar && read.isAuthentic(kzg))
        var foreign = read
        foreign.commitment = .infinity
        #expect(!foreign.isAuthentic(kzg))
    }

    /// Altered sidecars; one in a hundred has a blob of the right size, the others are as short as most nonsense is.
    @Test func fuzzedSidecars() {
        var fuzz = Fuzz(seed: 91)
        let point = "0xc0" + String(repeating: "00", count: 47)
        let head = Array(#"{"index":"1","kzg_commitment":"\#(point)","kzg_proof":"\#(point)","blob":"0x"#.utf8)
        let zeros = [UInt8](repeating: 48, count: 2 * Blob.byteCount)
        var accepted = 0
        for round in 0..<rounds(1000, long: 1_000_000) {
            let text = round % 100 == 0 ? fuzz.alteredText(head) + zeros + Array("\"}".utf8) : fuzz.alteredText(head + Array("00\"}".utf8))
            guard let json = try? JSONDocument.parse(text).root, let sidecar = try? BlobSidecar(json: json) else { continue }
            accepted += 1
            #expect(sidecar.blob.bytes.count == Blob.byteCount)
        }
        #expect(accepted > 0)
    }

    /// A setup file of another length is refused before it is hashed.
    @Test func fuzzedSetupFiles() {
        var fuzz = Fuzz(seed: 92)
        for _ in 0..<rounds(1000, long: 1_000_000) {
            let bytes = fuzz.bytes(fuzz.below(200))
            #expect(throws: KZGError.self) { try TrustedSetup(bytes: bytes) }
        }
        for _ in 0..<rounds(2, long: 20) {
            var bytes = [UInt8](repeating: 0, count: TrustedSetup.byteCount)
            bytes[fuzz.below(bytes.count)] = 1
            #expect(throws: KZGError.self) { try TrustedSetup(bytes: bytes) }
        }
    }

    @Test func malformedSidecarsAreRefused() throws {
        let text = try opened().sidecar(index: 2).jsonText
        func read(_ text: String) throws -> BlobSidecar { try BlobSidecar(json: JSONDocument.parse(Array(text.utf8)).root) }
        let commitment = try opened().commitment.bytes.hex
        #expect(throws: JSONError.self) { try read(text.replacing(commitment, with: "0x" + commitment.dropFirst(2).uppercased())) }
        #expect(throws: JSONError.self) { try read(text.replacing(commitment, with: String(commitment.dropLast(2)))) }
        #expect(throws: JSONError.self) { try read(text.replacing("\"blob\":\"0x", with: "\"blob\":\"0x00")) }
        #expect(throws: JSONError.self) { try read(text.replacing("00\",\"index", with: "0g\",\"index")) }
        #expect(throws: JSONError.self) { try read(text.replacing("kzg_commitment", with: "commitment")) }
        #expect(throws: JSONError.self) { try read("[]") }
        // Readers ignore the proof and live without an index.
        #expect(try read(text.replacing("kzg_proof", with: "proof").replacing("\"index\":\"2\",", with: "")).proof == nil)
    }
}
