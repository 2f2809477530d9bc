@preconcurrency import Glibc

// Networks of processes on one machine, attacks on them, and their figures.
let usage = """
    quetzal-network mesh  [--nodes 12] [--messages 200] [--bytes 60000] [--kills 3]
    quetzal-network soak  [MINUTES] [--nodes 5] [--rate 5] [--bytes 60000]
    quetzal-network bench [--peers 200] [--rate 100] [--bytes 60000] [--seconds 30]
    quetzal-network idle  [--peers 100] [--seconds 30]
    quetzal-network attack [KIND…] [--seconds 8]      (\(Attack.names.joined(separator: ", ")))
    All: --data DIRECTORY --base-port 42000
    """

setvbuf(stdout, nil, Int32(_IOLBF), 0)
signal(SIGPIPE, SIG_IGN)
let options = Options(CommandLine.arguments.dropFirst(2))
do {
    switch CommandLine.arguments.dropFirst().first {
    case "node": try NodeRole(options).run()
    case "attacker": try runAttacker(options)
    case "bootnode": try runBootnode(options)
    case "mesh": try runMesh(options)
    case "soak": try runSoak(options)
    case "bench": try runBench(options, idle: false)
    case "idle": try runBench(options, idle: true)
    case "attack": try runAttacks(options)
    default:
        print(usage)
        exit(2)
    }
} catch {
    fail("\(error)")
}
