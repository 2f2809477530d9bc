import IPC

/// Every worker kind, and what drives it.
let registry: [WorkerKind] = [
    WorkerKind("api", APIWorker.self),
    WorkerKind("archiver", ArchiverWorker.self),
    WorkerKind("bootnode", BootnodeWorker.self),
    WorkerKind("executor", ExecutorWorker.self, .polling(.spinThenSleep(polls: 0))),
    WorkerKind("p2p", P2PWorker.self),
    WorkerKind("replay", ReplayWorker.self),
]
