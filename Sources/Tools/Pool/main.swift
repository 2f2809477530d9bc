import Glibc
import IPC
import Messages

// quetzal-pool: the pool of executors as processes, without a chain.
//
//   quetzal-pool check [blocks=N] [executors=N] [seed=N] [kills=N]   random blocks with executors killed: equal to sequential?
//   quetzal-pool poison                                             a transaction that kills executors, one that never ends
//   quetzal-pool measure [blocks=N]                                 conflict matrix: times of parallel and sequential execution
//   quetzal-pool <kind> <index>                                     a worker, started by the supervisor of one of these

let arguments = Array(CommandLine.arguments.dropFirst())

func option(_ name: String, _ usual: UInt64) -> UInt64 {
    guard let text = arguments.first(where: { $0.hasPrefix(name + "=") }) else { return usual }
    guard let value = UInt64(text.dropFirst(name.count + 1)) else {
        print("quetzal-pool: «\(text)» is not \(name)=NUMBER")
        exit(2)
    }
    return value
}

switch arguments.first {
case "check":
    let plan = PoolPlan(task: .check, blocks: option("blocks", 100), seed: option("seed", 1), kills: option("kills", 20), conflicts: 0)
    exit(try PoolNode.run(plan, executors: Int(option("executors", 3))))
case "poison": exit(try PoolNode.run(PoolPlan(task: .poison, blocks: 1, seed: 1, kills: 0, conflicts: 0), executors: 2))
case "measure":
    print("conflicts  executors  sequential ms  parallel ms  speedup  runs a tx  processor time, of sequential")
    for conflicts in [0, 10, 50, 100] as [UInt64] {
        for executors in [1, 2, 8] {
            let plan = PoolPlan(task: .measure, blocks: option("blocks", 20), seed: 7, kills: 0, conflicts: conflicts)
            let code = try PoolNode.run(plan, executors: executors)
            if code != 0 { exit(code) }
        }
    }
default: WorkerProcess.main(registry: poolKinds, schemaHash: MetricsSchema.hash, configure: { _, _, _ in })
}
