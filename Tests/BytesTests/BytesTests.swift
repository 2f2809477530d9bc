import Bytes
import Testing

@Test func readerRefusesWhatItsInputDoesNotCover() throws {
    var reader = ByteReader([0, 0, 1, 0, 7])
    #expect(throws: DecodingError.self) { _ = try reader.readCount(maximum: 1000) }
    var short = ByteReader([1, 2])
    #expect(throws: DecodingError("u32: needs 4 bytes, 2 left", at: 0)) { _ = try short.readUInt32() }
}

@Test func integersAreBigEndian() throws {
    var writer = ByteWriter()
    writer.write(UInt64(0x0102_0304_0506_0708))
    writer.write(UInt16(0xfffe))
    #expect(writer.bytes == [1, 2, 3, 4, 5, 6, 7, 8, 255, 254])
    var reader = ByteReader(writer.bytes)
    #expect(try reader.readUInt64() == 0x0102_0304_0506_0708)
    #expect(try reader.readUInt16() == 0xfffe)
    #expect(reader.isAtEnd)
}

@Test func hexAndBase64RoundTripEveryLength() {
    for count in 0..<70 {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        #expect(Hex.decode(Hex.encodePrefixed(bytes)) == bytes)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(Hex.decode("0x0g") == nil)
    #expect(Hex.decode("abc") == nil)
    #expect(Base64.decode("ab=c") == nil)
    #expect(Base64.encode(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
}
