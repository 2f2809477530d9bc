import Bytes
import Field
import FieldKit
import Protocol
import Testing

@Suite struct PaddedListTests {
    @Test func roundTripsWithGaps() throws {
        var random = KernelRandom(seed: 11)
        for _ in 0..<200 {
            let items = random.list(random.below(65)) { random in random.below(3) == 0 ? Fr.zero : random.field() }
            let list = PaddedList(items, capacity: 64)
            var data = PrivateToRollupAccumulatedData()
            data.noteHashes = list
            let bytes = data.serialized
            #expect(bytes.count == PrivateToRollupAccumulatedData.byteCount)
            let back = try PrivateToRollupAccumulatedData(exactly: bytes)
            #expect(back == data)
            #expect(back.noteHashes.items.last?.isZero != true)
            #expect((0..<64).map { back.noteHashes[$0] } == items + Array(repeating: .zero, count: 64 - items.count))
            #expect(list.nonEmpty == items.filter { !$0.isZero })
            let firstGap = items.firstIndex(where: \.isZero) ?? items.count
            #expect(list.leadingCount == (items[firstGap...].allSatisfy(\.isZero) ? firstGap : nil))
        }
    }

    // A log of zeros counts as empty whatever its length says, but its bytes must survive.
    @Test func keepsWhatIsEmptyButNotPadding() throws {
        var log = PrivateLog.zero
        log.emittedLength = 5
        var data = PrivateToRollupAccumulatedData()
        data.privateLogs[7] = log
        #expect(data.privateLogs.items.count == 8)
        #expect(data.privateLogs.isEmpty && data.privateLogs.nonEmptyByteCount == 0)
        #expect(try PrivateToRollupAccumulatedData(exactly: data.serialized).privateLogs[7].emittedLength == 5)
    }

    @Test func booleanBytesAreNormalised() throws {
        var bytes = PublicCallRequest.padding.serialized
        bytes[64] = 0xff
        let request = try PublicCallRequest(exactly: bytes)
        #expect(request.isStaticCall && request.serialized[64] == 1)
    }

    @Test func settingPaddingShrinks() {
        var list = PaddedList<Fr>([1, 2, 3], capacity: 4)
        list[2] = 0
        list[1] = 0
        #expect(list.items == [1])
        #expect(list == PaddedList([1], capacity: 4))
    }
}
