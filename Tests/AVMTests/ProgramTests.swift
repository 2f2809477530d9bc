import AVM
import Testing

@Test func programKeepsItsBytes() {
    #expect(Program([0x26]).bytecode == [0x26])
}
