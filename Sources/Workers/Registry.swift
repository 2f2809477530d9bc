import IPC

/// Every worker kind, and what drives it.
let registry: [WorkerKind] = [
    WorkerKind("replay", ReplayWorker.self),
]
