import Glibc
import IPC
import Messages

// quetzal-torture: what tests start as other processes.
//
//   quetzal-torture ring [messages=N] [seed=N] [kills=N]   rings between processes that are killed at random points
//   quetzal-torture hostile [rounds=N] [seed=N]            a producer that writes garbage into all it can write
//   quetzal-torture supervise <plan> <directory> [budget=N]  a supervisor over test workers
//   quetzal-torture <kind> <index>                         a test worker, started by a supervisor

let arguments = Array(CommandLine.arguments.dropFirst())

func option(_ name: String, _ usual: UInt64) -> UInt64 {
    guard let text = arguments.first(where: { $0.hasPrefix(name + "=") }) else { return usual }
    guard let value = UInt64(text.dropFirst(name.count + 1)) else {
        print("quetzal-torture: «\(text)» is not \(name)=NUMBER")
        exit(2)
    }
    return value
}

switch arguments.first {
case "ring": exit(try RingTorture(messages: option("messages", 1_000_000), seed: option("seed", 1), kills: option("kills", 60)).run())
case "hostile": exit(try HostileTorture(rounds: option("rounds", 1_000_000), seed: option("seed", 1)).run())
case "supervise": exit(try TestNode.run(plan: arguments[1], directory: arguments[2], budget: Int(option("budget", 5))))
case "ring-producer", "ring-consumer", "ring-listener", "ring-hostile": try RingRole.run(arguments)
default: WorkerProcess.main(registry: testKinds, schemaHash: MetricsSchema.hash, configure: { _, _, _ in })
}
