import Glibc
import IPC
import Messages

// quetzal-pool: the pool of executors as processes, without a chain.
//
//   quetzal-pool check [blocks=N] [executors=N] [seed=N] [kills=N]   random blocks with executors killed: equal to sequential,
//                                                                    down to block bytes and roots?
//   quetzal-pool poison                                             a transaction that kills executors, one that never ends
//   quetzal-pool proofs [proofs=N] [executors=N] [kills=N]          proofs verified by executors that are killed: one right verdict each?
//   quetzal-pool show FILE                                          what a node kept of a transaction that it dropped
//   quetzal-pool measure [blocks=N] [conflicts=N] [executors=N] [load=light|heavy]
//                                                                   conflict matrix: parallel and sequential execution
//   quetzal-pool count [blocks=N] [conflicts=N] [executors=N] [load=light|heavy]
//                                                                   for valgrind: nothing but blocks; executors=0: in sequence
//   quetzal-pool <kind> <index>                                     a worker, started by the supervisor of one of these

let arguments = Array(CommandLine.arguments.dropFirst())

func text(_ name: String) -> Substring? { arguments.first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1) }

func option(_ name: String, _ usual: UInt64? = nil) -> UInt64? {
    guard let text = text(name) else { return usual }
    guard let value = UInt64(text) else {
        print("quetzal-pool: «\(name)=\(text)» is not \(name)=NUMBER")
        exit(2)
    }
    return value
}

func loads() -> [PoolPlan.Load] {
    guard let text = text("load") else { return [.light, .heavy] }
    guard let load = PoolPlan.Load(rawValue: String(text)) else {
        print("quetzal-pool: load=light or load=heavy")
        exit(2)
    }
    return [load]
}

switch arguments.first {
case "check":
    let plan = PoolPlan(task: .check, blocks: option("blocks", 100)!, seed: option("seed", 1)!, kills: option("kills", 20)!)
    exit(try PoolNode.run(plan, executors: Int(option("executors", 3)!)))
case "proofs":
    let plan = PoolPlan(task: .proofs, blocks: option("proofs", 500)!, seed: option("seed", 1)!, kills: option("kills", 20)!)
    exit(try PoolNode.run(plan, executors: Int(option("executors", 3)!)))
case "poison": exit(try PoolNode.run(PoolPlan(task: .poison, blocks: 1, seed: 1), executors: 2))
case "show":
    guard arguments.count == 2 else {
        print("quetzal-pool show FILE")
        exit(2)
    }
    do { try PoisonedFiles.show(arguments[1]) } catch {
        print("quetzal-pool: \(error)")
        exit(1)
    }
case "measure":
    print(PoolMeasurement.head)
    fflush(nil)
    for load in loads() {
        for conflicts in option("conflicts").map({ [$0] }) ?? [0, 10, 50, 100] {
            for executors in option("executors").map({ [$0] }) ?? [1, 2, 8] {
                let plan = PoolPlan(task: .measure, blocks: option("blocks", 40)!, seed: 7, conflicts: conflicts, load: load)
                let code = try PoolNode.run(plan, executors: Int(executors))
                if code != 0 { exit(code) }
            }
        }
    }
case "count":
    let plan = PoolPlan(task: .count, blocks: option("blocks", 4)!, seed: 7, conflicts: option("conflicts", 0)!, load: loads()[0])
    let executors = Int(option("executors", 8)!)
    if executors == 0 { countSequential(plan) } else { exit(try PoolNode.run(plan, executors: executors)) }
default: WorkerProcess.main(registry: poolKinds, schemaHash: MetricsSchema.hash, configure: { _, _, _ in })
}
