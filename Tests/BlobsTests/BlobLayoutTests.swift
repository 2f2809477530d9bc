import Blobs
import Field
import Testing

@Suite struct BlobLayoutTests {
    @Test func emptyBlockHasOneZeroBlob() throws {
        let blobs = try Blob.blobs(of: [])
        #expect(blobs.count == 1)
        #expect(blobs[0].bytes.allSatisfy { $0 == 0 })
    }

    @Test func fieldsFillBlobsInOrder() throws {
        let fields = (0..<4097).map { Fr(UInt64($0)) }
        let blobs = try Blob.blobs(of: fields)
        #expect(blobs.count == 2)
        #expect(try blobs[0].fields() == Array(fields[..<4096]))
        #expect(try blobs[1].fields() == [fields[4096]] + [Fr](repeating: .zero, count: 4095))
    }

    @Test func overfilledIsRefused() {
        #expect(throws: KZGError.overfilled(fields: 4097, maximum: 4096)) { try Blob(fields: [Fr](repeating: .one, count: 4097)) }
        #expect(throws: KZGError.overfilled(fields: 12289, maximum: 12288)) { try Blob.blobs(of: [Fr](repeating: .one, count: 12289)) }
        #expect(throws: KZGError.blobLength(131_071)) { try Blob(bytes: [UInt8](repeating: 0, count: 131_071)) }
    }
}
