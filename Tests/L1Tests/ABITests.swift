import Bytes
import Hashing
import L1
import Protocol
import Testing

@Suite struct ABITests {
    @Test func numbersPrintAndRead() {
        #expect(UInt256("0")!.description == "0")
        #expect(UInt256("18446744073709551616")!.description == "18446744073709551616")
        let top = UInt256(bytes: [UInt8](repeating: 0xff, count: 32))!
        #expect(top.description == "115792089237316195423570985008687907853269984665640564039457584007913129639935")
        #expect(UInt256(top.description) == top)
        #expect(UInt256("115792089237316195423570985008687907853269984665640564039457584007913129639936") == nil)
        #expect(top.signedDescription == "-1")
        #expect(UInt256("-1") == top)
        #expect(UInt256("0x10")?.uint64 == 16)
        #expect(UInt256("10000000000000000000")!.description == "10000000000000000000")
        #expect(UInt256("1000000000000000000000000000000000000000")!.description == "1000000000000000000000000000000000000000")
        #expect(UInt256("12x") == nil && UInt256("") == nil && UInt256("0x") == nil)
    }

    @Test func typesParse() throws {
        #expect(try ABIType("(bytes32,(int8,address[])[2],string)[]").description == "(bytes32,(int8,address[])[2],string)[]")
        for bad in ["uint7", "uint264", "bytes33", "bytes0", "(uint8", "uint8]", "uint8[", "foo", "", "uint8[0]", "uint8[99999999]"] {
            #expect(throws: ABIType.Invalid.self) { try ABIType(bad) }
        }
        #expect(throws: ABIType.Invalid.self) { try ABIType(String(repeating: "(", count: 50) + String(repeating: ")", count: 50)) }
        #expect(throws: ABIType.Invalid.self) { try ABIType("uint8" + String(repeating: "[]", count: 50)) }
    }

    @Test func selectorsAndTopicsAreThoseOfTheNote() {
        #expect(RollupFunctions.propose.selector.hex == "0xe72ef024")
        #expect(RollupFunctions.status.selector.hex == "0x42d21ef7")
        #expect(ForwarderFunctions.forward.selector.hex == "0xb028e607")
        #expect(InboxFunctions.getState.selector.hex == "0x1865c57d")
        #expect(L1EventDeclarations.l2BlockProposed.topic.hex == "0x9ad613a7ff46b97e0f732b31118d43f39c9ca017bed1efe739b70b0625383589")
        #expect(L1EventDeclarations.prunedPending.topic.hex == "0xc78a70f3b27748d5fa327f6a3c1104b9b007d6a80d20c41f7c0dc4543fbdbdcd")
        #expect(ErrorCatalogue.error(selector: [0x83, 0x51, 0x0b, 0xd0])?.name == "Rollup__SlotAlreadyInChain")
    }

    @Test func randomValuesComeBack() throws {
        var random = SplitMix(state: 1)
        func value(_ type: ABIType) -> ABIValue {
            switch type {
            case .uint(let bits): .integer(UInt256(bytes: random.bytes(bits / 8))!)
            case .int(let bits):
                .integer(Bool.random(using: &random) ? UInt256(bytes: [0] + random.bytes(bits / 8).dropFirst())! : UInt256("-\(UInt8.random(in: 1...127, using: &random))")!)
            case .address: .bytes(random.bytes(20))
            case .bool: .bool(Bool.random(using: &random))
            case .fixedBytes(let count): .bytes(random.bytes(count))
            case .bytes: .bytes(random.bytes(Int.random(in: 0...70, using: &random)))
            case .string: .string(Hex.encode(random.bytes(Int.random(in: 0...40, using: &random))))
            case .array(let element): .list((0..<Int.random(in: 0...4, using: &random)).map { _ in value(element) })
            case .fixedArray(let element, let count): .list((0..<count).map { _ in value(element) })
            case .tuple(let members): .list(members.map { value($0) })
            }
        }
        let types = try ABIType.list("(uint8,int64,(bytes,address[],(string,bool)[2])[],bytes4,uint256[3],string,(int256))")
        for _ in 0..<500 {
            let values = types.map { value($0) }
            let encoded = try #require(ABIEncoder.encode(values, as: types))
            #expect(encoded.count % 32 == 0)
            #expect(try ABIDecoder.decode(encoded, as: types) == values)
            #expect(try ABIDecoder.decode(encoded + random.bytes(5), as: types) == values)
            #expect(throws: DecodingError.self) { try ABIDecoder.decode(Array(encoded.dropLast(1 + encoded.count / 2)), as: types) }
        }
    }

    @Test func encoderRefusesWhatDoesNotFit() {
        #expect(ABIEncoder.encode([.integer(256)], as: [.uint(bits: 8)]) == nil)
        #expect(ABIEncoder.encode([.integer(128)], as: [.int(bits: 8)]) == nil)
        #expect(ABIEncoder.encode([.bytes([1])], as: [.address]) == nil)
        #expect(ABIEncoder.encode([.bool(true)], as: [.bytes]) == nil)
        #expect(ABIEncoder.encode([], as: [.bool]) == nil)
    }

    @Test func hugeLengthsAllocateNothing() throws {
        let word = { (value: UInt64) in UInt256(value).bytes }
        for length: UInt64 in [1 << 20, 1 << 40, UInt64.max] {
            #expect(throws: DecodingError.self) { try ABIDecoder.decode(word(32) + word(length), as: [.array(.uint(bits: 256))]) }
            #expect(throws: DecodingError.self) { try ABIDecoder.decode(word(32) + word(length), as: [.bytes]) }
        }
        // Offsets that lead every element to the same big array: bounded by the input's size.
        var body = word(32) + word(60)
        for _ in 0..<60 { body += word(60 * 32) }
        body += word(60)
        for index in 0..<60 { body += word(UInt64(index)) }
        #expect(throws: DecodingError.self) { try ABIDecoder.decode(body, as: [.array(.array(.uint(bits: 256)))]) }
    }

    @Test func decoderSurvivesAnything() throws {
        var random = SplitMix(state: 2)
        let lists = try ["(uint256,bytes,string)", "((bytes32,bytes,(int256),bytes,bytes32[]),(bool,uint8,bytes32,bytes32)[],bytes)", "(address[],bytes[])", "(bytes[][],(string,bytes)[2][])"].map {
            try ABIType.list($0)
        }
        var accepted = 0
        for round in 0..<fuzzRounds {
            let types = lists[round % lists.count]
            var input = random.bytes(32 * Int.random(in: 0...12, using: &random))
            // Small words make offsets and lengths that lead somewhere.
            for at in stride(from: 0, to: input.count, by: 32) where Bool.random(using: &random) {
                for place in at..<(at + 31) { input[place] = 0 }
                input[at + 31] = [0, 1, 2, 32, 64, 96, 128][Int.random(in: 0..<7, using: &random)]
            }
            if (try? ABIDecoder.decode(input, as: types)) != nil { accepted += 1 }
        }
        #expect(accepted > 0)
    }

    @Test func revertsAreNamed() {
        func reason(_ hex: String) -> RevertReason { RevertReason(data: Hex.decode(hex)!) }
        #expect(reason("4e487b710000000000000000000000000000000000000000000000000000000000000011").formatted == "Panic(17)")
        #expect(reason("83510bd000000000000000000000").formatted == nil)
        #expect(reason("").description == "no data")
        #expect(reason("12345678").description.contains("0x12345678"))
    }
}
