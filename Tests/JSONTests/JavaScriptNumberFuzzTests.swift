import FuzzKit
import JSON
import Testing

@Suite struct JavaScriptNumberFuzz {
    /// Any text is a number, NaN or refused; an integer is written in its shortest decimal form.
    @Test func numbersOfAnyText() {
        var fuzz = Fuzz(seed: 3)
        let seeds = ["123", "-0.5e3", " 0x1F ", "0b101", "0o17", "Infinity", "1e400", "00012", "9007199254740993", ""]
        var integers = 0
        for _ in 0..<Fuzz.rounds(short: 10_000) {
            let text = fuzz.alteredText(fuzz.pick(seeds))
            _ = JavaScriptNumber.number(text)
            _ = JavaScriptNumber.parseFloat(text)
            for prefixed in [false, true] {
                let whole = JavaScriptNumber.parseInt(text, prefixed: prefixed)
                #expect(whole.isNaN || whole.isInfinite || whole == whole.rounded(.towardZero))
            }
            guard let digits = JavaScriptNumber.bigInt(text) else { continue }
            integers += 1
            #expect(JavaScriptNumber.bigInt(digits) == digits)
            _ = JavaScriptNumber.bigEndianBytes(decimal: digits, count: 32)
        }
        #expect(integers > 500)
    }

    @Test func numbersOfAnyBits() {
        var fuzz = Fuzz(seed: 4)
        for _ in 0..<Fuzz.rounds(short: 10_000) {
            let number = Double(bitPattern: fuzz.next())
            guard let digits = JavaScriptNumber.bigInt(number) else { continue }
            #expect(JavaScriptNumber.number(digits) == number)
        }
    }
}
