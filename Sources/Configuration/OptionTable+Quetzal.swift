extension OptionTable {
    /// Rows: options that only this node has (form: see `OptionTable`).
    static let quetzalRows = #"""
        @ QUETZAL
        --config <path> | QUETZAL_CONFIG | str | - | node | configuration file (lines NAME = value; etc/quetzal.conf is a commented example)
        --metrics-port <value> | QUETZAL_METRICS_PORT | int | - | node | extra port that serves only /metrics (the admin port always does)
        --api-workers <value> | QUETZAL_API_WORKERS | count | auto | node | API worker processes that share the RPC port: a number, or auto = one
        --executors <value> | QUETZAL_EXECUTORS | count | auto | execution | execution workers: a number, or auto = cores this process may use less the reserved ones
        --executor-pinning | QUETZAL_EXECUTOR_PINNING | bool | false | execution | tie each execution worker to a core of its own, behind the reserved ones
        --execution-profile | QUETZAL_EXECUTION_PROFILE | bool | false | execution | count the AVM operations executed (metrics, aztec monitor); costs some speed
        --reserved-cores <value> | QUETZAL_RESERVED_CORES | count | auto | node | cores that auto leaves to the other workers
        --crash-budget <value> | QUETZAL_CRASH_BUDGET | int | 5 | node | restarts of one worker within a minute before its function is given up
        --api-threads <value> | QUETZAL_API_THREADS | count | auto | node | threads that serve RPC connections
        --api-max-connections <value> | QUETZAL_API_MAX_CONNECTIONS | int | 1024 | node | RPC connections open at once
        --api-cache-kb <value> | QUETZAL_API_CACHE_KB | int | 8192 | node | memory for ready-made RPC answers
        --p2p.proofVerifier <value> | P2P_PROOF_VERIFIER | str | - | p2p | none: take transactions without verifying their proofs (test networks only); unset: refuse what cannot be verified
        --l1-replay <path> | QUETZAL_L1_REPLAY | str | - | node | recording that an embedded L1 serves to this node (network demo)
        --l1-replay-speed <value> | QUETZAL_L1_REPLAY_SPEED | float | 1 | node | L1 clock of the embedded L1: recorded seconds a second; 0 = everything at once
        """#
}
