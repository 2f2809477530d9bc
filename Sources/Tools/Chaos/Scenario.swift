import EventLoop
import Glibc
import L1Replay

/// One named fault and what must come of it.
struct Scenario {
    var name: String
    var what: String
    private var body: (Scenario, Stage) throws -> Void

    init(_ name: String, _ what: String, _ body: @escaping (Scenario, Stage) throws -> Void) {
        self.name = name
        self.what = what
        self.body = body
    }

    func run(_ stage: Stage) {
        let before = stage.failed
        do { try body(self, stage) } catch { stage.check(false, name, "\(error)") }
        say("\(stage.failed == before ? "ok" : "FAILED") \(name)")
    }

    static var all: [Scenario] { directories + hosts + executors + crashes + peers }
}
