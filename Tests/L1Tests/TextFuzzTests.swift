import FuzzKit
import L1
import Testing

/// Addresses from the command line, numbers from configuration, data of reverted calls.
@Suite struct TextFuzzTests {
    @Test func addresses() {
        var fuzz = Fuzz(seed: 121)
        let seeds = ["https://user:secretsecret99@host.example:8545/v3/0123456789abcdef0123?key=secretsecret99", "http://127.0.0.1:1/", "http://[::1]:8545#x"]
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            let text = fuzz.alteredText(fuzz.pick(seeds))
            guard let address = HTTPAddress(text) else { continue }
            accepted += 1
            #expect(address.origin.hasPrefix("http"))
            let longer = address.appending("/eth/v1/x", query: [("indices", "1,2")])
            #expect(longer.origin == address.origin)
        }
        #expect(accepted > 500)
    }

    @Test func integers() {
        var fuzz = Fuzz(seed: 122)
        let seeds = ["0x1f", "115792089237316195423570985008687907853269984665640564039457584007913129639935", "-7", "0"]
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            guard let number = UInt256(fuzz.alteredText(fuzz.pick(seeds))) else { continue }
            accepted += 1
            #expect(UInt256(number.description) == number && UInt256(bytes: number.bytes) == number)
        }
        #expect(accepted > 500)
    }

    @Test func reverts() {
        var fuzz = Fuzz(seed: 123)
        let word = [UInt8](repeating: 0, count: 31)
        // Error(string) and Panic(uint256).
        let seeds: [[UInt8]] = [[0x08, 0xc3, 0x79, 0xa0] + word + [32] + word + [3, 0x61, 0x62, 0x63] + word, [0x4e, 0x48, 0x7b, 0x71] + word + [0x11]]
        var named = 0
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            let reason = RevertReason(data: fuzz.altered(fuzz.pick(seeds)))
            #expect(!reason.description.isEmpty)
            if reason.formatted != nil { named += 1 }
        }
        #expect(named > 100)
    }
}
