import AVM
import Field
import Protocol
import Testing

/// Where a negative field element («note 03 §7.3») goes without being serialised: as argument, as amount of gas, as
/// coordinate of an infinite point.
@Suite struct NegativeFieldTests {
    private let other = AztecAddress(0xcc)

    private func host(_ build: (inout Assembler) -> Void) -> TestHost {
        var a = Assembler()
        build(&a)
        let host = TestHost()
        host.programs[other] = Program(a.bytes)
        return host
    }

    @Test func argumentsArePassedOn() {
        // Gives the arguments from 1 on as U64.
        let host = host { a in
            a.set(1, T.u32, 2)
            a.set(2, T.u32, 1)
            a.wide(0x1f, 1, 2, 10)
            a.emit(0x1c, [(0, 1), (10, 1), (20, 1), (5, 1)])
            a.emit(0x1c, [(0, 1), (11, 1), (21, 1), (5, 1)])
            a.returnCells(20, 2)
        }
        let word = Fr(UInt64.max - 6)
        func called(_ index: UInt16) -> Ending {
            run(host: host) { a in
                a.set(1, T.field, 100_000)
                a.set(2, T.field, 0xcc)
                a.set(4, T.u32, 3)
                for word in 10..<13 as Range<UInt16> { a.set(word, T.field, UInt64(word)) }
                a.set64(10 + index, T.field, .max - 6)
                a.widest(0x39, 1, 1, 2, 4, 10)
                a.set(5, T.u32, 2)
                a.set(6, T.u32, 0)
                a.wide(0x22, 5, 6, 20)
                a.returnCells(20, 2)
            }.ending
        }
        #expect(called(0) == .fatal)  // the reference prints the first
        #expect(called(1) == .returned([word, 12]))
        #expect(called(2) == .returned([11, word]))
    }

    /// The caller gains what the callee is short of; the callee halts at its first charge.
    @Test func negativeGas() {
        func call(_ host: TestHost, l2: UInt64 = .max - 999, da: UInt64 = 5, gas: UInt32 = 100_000) -> Run {
            run(gas: Gas(daGas: 100, l2Gas: gas), host: host) { a in
                a.set64(1, T.field, l2)
                a.set64(3, T.field, da)
                a.set(2, T.field, 0xcc)
                a.set(4, T.u32, 0)
                a.widest(0x39, 1, 3, 2, 4, 0)
                a.wide(0x20, 20)
                a.emit(0x1e, [(0, 1), (21, 2), (10, 1)])
                a.emit(0x1e, [(0, 1), (22, 2), (11, 1)])
                a.returnCells(20, 3)
            }
        }
        let returns = host { $0.returnCells(1, 0) }
        let left = 100_000 - 36 - 2925 - 9 as UInt64
        #expect(call(returns).ending == .returned([0, Fr(left + 1000), 95]))
        #expect(call(returns, l2: 500, da: .max - 9).ending == .returned([0, Fr(left - 500), 110]))
        #expect(call(TestHost()).ending == .returned([0, Fr(left + 1000), 95]))
        let rest: UInt32 = 100_000 - 36 - 2925 - 18 + 1000 - 9 - 15 - 9
        #expect(call(returns).outcome?.gasLeft.l2Gas == rest)
        // What is free is executed and counted; what is fatal before its charge is fatal.
        let plain = call(host { $0.bytes = [0x44] }).outcome?.instructions
        let free = host { a in
            a.wide(0x20, 1)
            a.wide(0x20, 2)
            a.returnCells(1, 0)
        }
        #expect(call(free).outcome?.instructions == plain.map { $0 + 2 })
        #expect(call(host { $0.set(1, T.field, Fr.modulus) }).ending == .fatal)
        // More than a call may start with cannot be handed on, nor gained.
        #expect(call(returns, l2: 0 &- 6_000_000).ending == .returned([0, Fr(left + 6_000_000), 95]))
        #expect(call(returns, l2: 0 &- 6_000_001).ending == .fatal)
        #expect(call(returns, l2: 1 << 63).ending == .fatal)
        func again(_ wanted: UInt64) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: 6_000_000), host: returns) { a in
                a.set64(1, T.field, 0 &- 100_000)
                a.set(2, T.field, 0xcc)
                a.set(3, T.field, wanted)
                a.set(4, T.u32, 0)
                a.widest(0x39, 1, 4 + 1, 2, 4, 0)
                a.widest(0x39, 3, 4 + 1, 2, 4, 0)
                a.wide(0x20, 20)
                a.returnCells(20, 1)
            }.ending
        }
        #expect(again(6_000_000) == .returned([1]))
        #expect(again(6_000_001) == .fatal)
    }

    @Test func coordinatesOfInfinitePoints() {
        func add(_ change: (inout Assembler) -> Void) -> Ending {
            run { a in
                for first in [1, 4] as [UInt16] {
                    a.setGenerator(first)
                }
                change(&a)
                a.widest(0x42, 1, 2, 3, 4, 5, 6, 20)
                a.returnCells(20, 3)
            }.ending
        }
        let generator = Ending.returned([GrumpkinPoint.generator.x, GrumpkinPoint.generator.y, 0])
        #expect(add { a in a.set64(1, T.field, .max); a.set(3, T.u1, 1) } == generator)
        #expect(add { a in a.set64(5, T.field, .max); a.set(6, T.u1, 1) } == generator)
        #expect(add { a in a.set(3, T.u1, 1); a.set64(5, T.field, .max); a.set(6, T.u1, 1) } == .fatal)
        #expect(add { a in a.set64(1, T.field, .max) } == .fatal)
    }
}
