import Diagnostics
import FuzzKit
import Testing

/// Any LOG_LEVEL: refused with a message, or a level for every module.
@Test func anyLogFilter() {
    var fuzz = Fuzz(seed: 51)
    let seeds = ["info", "debug;warn:p2p,archiver", "silent; TRACE : aztec:node ", "verbose;error:a;fatal:b,c"]
    var accepted = 0
    for _ in 0..<Fuzz.rounds(short: 10_000) {
        let text = fuzz.alteredText(fuzz.pick(seeds))
        do throws(LogLevels.Invalid) {
            let levels = try LogLevels(parsing: text)
            accepted += 1
            // Rules are regular expressions of the operator's own: only small ones are run.
            if text.utf8.count < 60 { _ = levels.threshold(for: "archiver") }
        } catch { #expect(!error.description.isEmpty) }
    }
    #expect(accepted > 500)
}
