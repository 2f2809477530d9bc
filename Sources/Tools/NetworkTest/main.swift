import Diagnostics
@preconcurrency import Glibc

// Networks of processes on one machine, attacks on them, and their figures.
let usage = """
    quetzal-network mesh  [--nodes 12] [--messages 200] [--bytes 60000] [--kills 3]
    quetzal-network soak  [MINUTES] [--nodes 5] [--rate 2] [--bytes 60000] [--churn 2] [--attacks true] [--seen 500] [--seen-millis 60000]
    quetzal-network bench [--peers 200] [--rate 100] [--bytes 60000] [--seconds 30] [--processes 2]
    quetzal-network idle  [--peers 100] [--seconds 30]
    quetzal-network hop   [--rate 10] [--seconds 30]
    quetzal-network attack [KIND…] [--seconds 8]      (\(Attack.names.joined(separator: ", ")))
    All: --data DIRECTORY --base-port PORT (otherwise free ones)
    """

setvbuf(stdout, nil, Int32(_IOLBF), 0)
signal(SIGPIPE, SIG_IGN)
let options = Options(CommandLine.arguments.dropFirst(2))
do {
    LogOutput.configure(try LogConfiguration { name in getenv(name).map { String(cString: $0) } ?? (name == "LOG_LEVEL" ? "warn" : nil) })
    switch CommandLine.arguments.dropFirst().first {
    case "node": try NodeRole(options).run()
    case "attacker": try runAttacker(options)
    case "crowd": try CrowdRole(options).run()
    case "bootnode": try runBootnode(options)
    case "mesh": try runMesh(options)
    case "soak": try runSoak(options)
    case "bench": try runBench(options, idle: false)
    case "idle": try runBench(options, idle: true)
    case "hop": try runHop(options)
    case "attack": try runAttacks(options)
    default:
        print(usage)
        exit(2)
    }
} catch {
    fail("\(error)")
}
