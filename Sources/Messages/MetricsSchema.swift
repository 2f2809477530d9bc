internal import IPC

/// Every metric of the node, declared once: the slots in shared memory, the Prometheus text and `aztec monitor`
/// come from this table. Names are the reference's where the meaning is the same (note 08 §9).
public enum MetricID: Int, CaseIterable, Sendable {
    case archiverBlockHeight, archiverProvenBlockHeight, archiverFinalisedBlockHeight, archiverTxCount, archiverSyncDuration
    case archiverL1BlocksSynced, archiverL1BlockHeight, archiverPruneCount, archiverRollupProofCount, archiverRollupProofDelay
    case archiverTargetHeight, archiverMessageCount, archiverReorgCount, archiverBlobFetched, archiverBlobRejected
    case nullifierTreeSize, noteHashTreeSize, publicDataTreeSize, l1ToL2MessageTreeSize, archiveTreeSize
    case worldStateUnfinalisedHeight, worldStateFinalisedHeight, worldStateOldestBlock
    case worldStateSyncErrors, worldStateFinaliseErrors, worldStatePruneErrors, worldStateUnwindErrors
    case dbPhysicalFileSize, dbUsedSize, dbNumItems
    case l1Requests, l1Failures, l1RateLimited, l1Failovers, l1RequestDuration, l1BlockHeight
    case rpcRequests, rpcErrors, rpcDuration, rpcConnections, rpcBlockHeight
    case replayRequests, replayL1BlockHeight
    case executorRuns, executorFailures, executorReverts, executorInstructions, executorGas, executorBusy
    case executorClassRuns, executorClassReruns, executorClassTime, executorClassGas, executorOperations
    case poolExecutors, poolBlocks, poolRuns, poolConflicts, poolReruns, poolDeaths, poolPoisoned
    case mempoolTxCount, mempoolTxSize, mempoolAttestationCount, mempoolWaitingProofs, mempoolProofVerdicts, mempoolProofsReissued
    case peerCount, peerGoodbyesSent, peerGoodbyesReceived
    case requestsSent, requestsReceived, requestsFailedOutbound, requestsFailedInbound
    case gossipAccepted, gossipIgnored, gossipRejected
    case networkBytesReceived, networkBytesSent
    case discoveryKnownNodes, discoverySessions, discoveryPacketsReceived, discoveryPacketsSent, discoveryBytesReceived, discoveryBytesSent
    case discoveryPacketsMalformed, discoveryPacketsLimited, discoveryHandshakes, discoveryHandshakesRefused
}

public enum MetricsSchema {
    /// In order of `MetricID`.
    public static let metrics: [Metric] = assign(rows)

    public static subscript(_ id: MetricID) -> Metric { metrics[id.rawValue] }

    /// Both sides of a worker region must mean the same by its slots.
    public static let hash: UInt64 = layoutHash(metrics.map { "\($0.id) \($0.family) \($0.slot) \($0.slots)" }.joined(separator: "\n"))

    static let milliseconds: [UInt64] = [10, 20, 35, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000, 15_000, 30_000, 60_000]
    static let microseconds: [UInt64] = [
        5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    ]

    /// Kinds of transactions, by the class of the contract that is called first.
    public static let transactionClasses = ["token", "fee_payment", "protocol", "other", "private"]

    /// AVM operations whatever the width of their operands, in the interpreter's order.
    public static let operations = [
        "add", "sub", "mul", "div", "fdiv", "eq", "lt", "lte", "and", "or", "xor", "not", "shl", "shr", "cast", "getenvvar", "calldatacopy", "successcopy",
        "returndatasize", "returndatacopy", "jump", "jumpi", "internalcall", "internalreturn", "set", "set_constant", "set_uncached", "set_invalid", "mov",
        "sload", "sstore", "notehashexists", "emitnotehash", "nullifierexists", "emitnullifier", "l1tol2msgexists", "getcontractinstance",
        "emitunencryptedlog", "sendl2tol1msg", "call", "staticcall", "return", "revert", "debuglog", "poseidon2", "sha256compression", "keccakf1600",
        "ecadd", "toradixbe",
    ]

    /// Protocols of request/response and topics of gossip, by their short names.
    public static let requestProtocols = ["ping", "status", "goodbye", "tx", "block"]
    public static let gossipTopics = ["tx", "block_proposal", "block_attestation"]

    public static let proofVerdicts = ["valid", "invalid", "unavailable"]

    private static func row(
        _ id: MetricID, _ kind: String, _ name: String, _ form: Metric.Form, _ unit: Metric.Unit = .none, _ label: (String, String)? = nil, _ help: String
    ) -> Metric { Metric(id: id, kinds: [kind], name: name, label: label.map { (key: $0.0, value: $0.1) }, form: form, unit: unit, help: help) }

    private static func tree(_ id: MetricID, _ name: String) -> Metric {
        row(id, "archiver", "aztec_world_state_tree_size", .gauge, .none, ("merkle_tree_name", name), "The current number of leaves in each merkle tree")
    }

    private static func critical(_ id: MetricID, _ type: String) -> Metric {
        row(id, "archiver", "aztec_world_state_critical_error_count", .gauge, .none, ("error_type", type), "The number of critical errors in the world state")
    }

    private static let rows: [Metric] = [
        row(.archiverBlockHeight, "archiver", "aztec_archiver_block_height", .gauge, "The height of the latest block processed by the archiver"),
        row(.archiverProvenBlockHeight, "archiver", "aztec_archiver_block_height", .gauge, .none, ("status", "proven"), "The height of the latest block processed by the archiver"),
        row(.archiverFinalisedBlockHeight, "archiver", "aztec_archiver_block_height", .gauge, .none, ("status", "finalised"), "The height of the latest block processed by the archiver"),
        row(.archiverTxCount, "archiver", "aztec_archiver_tx_count", .gauge, "The total number of transactions"),
        row(.archiverSyncDuration, "archiver", "aztec_archiver_sync_duration", .histogram(milliseconds), .milliseconds, "Duration to sync a block"),
        row(.archiverL1BlocksSynced, "archiver", "aztec_archiver_l1_blocks_synced", .gauge, "Number of blocks synced from L1"),
        row(.archiverL1BlockHeight, "archiver", "aztec_archiver_l1_block_height", .gauge, "The height of the latest L1 block processed by the archiver"),
        row(.archiverPruneCount, "archiver", "aztec_archiver_prune_count", .gauge, "Number of prunes detected"),
        row(.archiverRollupProofCount, "archiver", "aztec_archiver_rollup_proof_count", .gauge, "Number of proofs submitted"),
        row(.archiverRollupProofDelay, "archiver", "aztec_archiver_rollup_proof_delay", .histogram(milliseconds), .milliseconds, "Time after a block is submitted until its proof is published"),
        row(.archiverTargetHeight, "archiver", "quetzal_archiver_target_height", .gauge, "Pending tip of the rollup on L1, which the archiver syncs to"),
        row(.archiverMessageCount, "archiver", "quetzal_archiver_message_count", .gauge, "L1 to L2 messages stored"),
        row(.archiverReorgCount, "archiver", "quetzal_archiver_reorg", .counter, "L1 reorganisations that removed what was stored"),
        row(.archiverBlobFetched, "archiver", "quetzal_blob_fetched", .counter, "Blobs downloaded and verified"),
        row(.archiverBlobRejected, "archiver", "quetzal_blob_rejected", .counter, "Blobs that did not match their commitment"),
        tree(.nullifierTreeSize, "NULLIFIER_TREE"), tree(.noteHashTreeSize, "NOTE_HASH_TREE"), tree(.publicDataTreeSize, "PUBLIC_DATA_TREE"),
        tree(.l1ToL2MessageTreeSize, "L1_TO_L2_MESSAGE_TREE"), tree(.archiveTreeSize, "ARCHIVE"),
        row(.worldStateUnfinalisedHeight, "archiver", "aztec_world_state_unfinalised_height", .gauge, "The unfinalised block height of each merkle tree"),
        row(.worldStateFinalisedHeight, "archiver", "aztec_world_state_finalised_height", .gauge, "The finalised block height of each merkle tree"),
        row(.worldStateOldestBlock, "archiver", "aztec_world_state_oldest_block", .gauge, "The oldest historical block of each merkle tree"),
        critical(.worldStateSyncErrors, "synch_pending_block"), critical(.worldStateFinaliseErrors, "finalize_block"),
        critical(.worldStatePruneErrors, "prune_historical_block"), critical(.worldStateUnwindErrors, "prune_pending_block"),
        row(.dbPhysicalFileSize, "archiver", "aztec_db_physical_file_size", .gauge, .bytes, ("db_type", "archiver"), "Bytes of the chain database's files"),
        row(.dbUsedSize, "archiver", "aztec_db_used_size", .gauge, .bytes, ("db_type", "archiver"), "Bytes of live data in the chain database"),
        row(.dbNumItems, "archiver", "aztec_db_num_items", .gauge, .none, ("db_type", "archiver"), "Estimated number of keys in the chain database"),
        row(.l1Requests, "archiver", "quetzal_l1_request", .counter, "Calls sent to L1 execution hosts (a batch counts each call)"),
        row(.l1Failures, "archiver", "quetzal_l1_request_failed", .counter, "Requests to L1 hosts that timed out, failed or were answered nonsense"),
        row(.l1RateLimited, "archiver", "quetzal_l1_request_limited", .counter, "Requests that a host refused for its rate limit"),
        row(.l1Failovers, "archiver", "quetzal_l1_failover", .counter, "Times another L1 host took over"),
        row(.l1RequestDuration, "archiver", "quetzal_l1_request_duration", .histogram(milliseconds), .milliseconds, "Round trip of a request to an L1 host"),
        row(.l1BlockHeight, "archiver", "aztec_l1_block_height", .gauge, "Newest L1 block an L1 host told of"),
        row(.rpcRequests, "api", "quetzal_rpc_request", .counter, "JSON-RPC calls answered"),
        row(.rpcErrors, "api", "quetzal_rpc_request_failed", .counter, "JSON-RPC calls answered with an error"),
        row(.rpcDuration, "api", "quetzal_rpc_request_duration", .histogram(microseconds), .microseconds, "Time to answer a JSON-RPC call"),
        row(.rpcConnections, "api", "quetzal_rpc_connections", .gauge, "Open RPC connections"),
        row(.rpcBlockHeight, "api", "quetzal_rpc_block_height", .gauge, "Latest block the API answers from"),
        row(.replayRequests, "replay", "quetzal_replay_request", .counter, "Requests the embedded L1 answered"),
        row(.replayL1BlockHeight, "replay", "quetzal_replay_l1_block_height", .gauge, "Head of the embedded L1"),
        row(.executorRuns, "executor", "quetzal_executor_run", .counter, "Transactions executed, re-runs included"),
        row(.executorFailures, "executor", "quetzal_executor_run_failed", .counter, "Of these, ended without effects"),
        row(.executorReverts, "executor", "quetzal_executor_run_reverted", .counter, "Of these, reverted in part"),
        row(.executorInstructions, "executor", "quetzal_executor_instruction", .counter, "AVM instructions executed"),
        row(.executorGas, "executor", "quetzal_executor_gas", .counter, "L2 gas used"),
        row(.executorBusy, "executor", "quetzal_executor_execution", .counter, .microseconds, "Time spent executing"),
        row(.executorClassRuns, "executor", "quetzal_executor_class_run", .labelled("class", transactionClasses), "Transactions executed by class, re-runs included"),
        row(.executorClassReruns, "executor", "quetzal_executor_class_rerun", .labelled("class", transactionClasses), "Re-runs by class"),
        row(.executorClassTime, "executor", "quetzal_executor_class_execution", .labelled("class", transactionClasses), .microseconds, "Time spent executing by class"),
        row(.executorClassGas, "executor", "quetzal_executor_class_gas", .labelled("class", transactionClasses), "L2 gas used by class"),
        row(.executorOperations, "executor", "quetzal_executor_operation", .labelled("operation", operations), "AVM operations executed, where they are counted (--execution-profile)"),
        row(.poolExecutors, "api", "quetzal_pool_executors", .gauge, "Executors that take jobs of this worker"),
        row(.poolBlocks, "api", "quetzal_pool_block", .counter, "Blocks and simulations begun"),
        row(.poolRuns, "api", "quetzal_pool_run", .counter, "Jobs handed to executors"),
        row(.poolConflicts, "api", "quetzal_pool_conflict", .counter, "Results that no longer held when their turn came"),
        row(.poolReruns, "api", "quetzal_pool_rerun", .counter, "Jobs beyond the first of a transaction"),
        row(.poolDeaths, "api", "quetzal_pool_executor_lost", .counter, "Executors that died or talked nonsense"),
        row(.poolPoisoned, "api", "quetzal_pool_poisoned", .counter, "Transactions dropped for killing executors or never ending"),
        row(.mempoolTxCount, "p2p", "aztec_mempool_tx_count", .gauge, .none, ("status", "pending"), "The number of transactions in the mempool"),
        row(.mempoolTxSize, "p2p", "quetzal_mempool_pending_size", .gauge, .bytes, "Size of the pending transactions, as the pool's limit counts it"),
        row(.mempoolAttestationCount, "p2p", "aztec_mempool_attestations_count", .gauge, "The number of attestations in the pool"),
        row(.mempoolWaitingProofs, "p2p", "quetzal_mempool_waiting_proofs", .gauge, "Transactions that wait for their proofs to be verified"),
        row(.mempoolProofVerdicts, "p2p", "quetzal_mempool_proof_verdicts", .labelled("verdict", proofVerdicts), "What executors said of proofs"),
        row(.mempoolProofsReissued, "p2p", "quetzal_mempool_proofs_reissued", .counter, "Proofs given to another executor, theirs being gone"),
        row(.peerCount, "p2p", "aztec_peer_manager_peer_count", .gauge, "The number of peers connected"),
        row(.peerGoodbyesSent, "p2p", "aztec_peer_manager_goodbyes_sent", .counter, "Goodbyes sent to peers"),
        row(.peerGoodbyesReceived, "p2p", "aztec_peer_manager_goodbyes_received", .counter, "Goodbyes received from peers"),
        row(.requestsSent, "p2p", "aztec_p2p_req_resp_sent_requests", .labelled("protocol", requestProtocols), "Requests sent to peers"),
        row(.requestsReceived, "p2p", "aztec_p2p_req_resp_received_requests", .labelled("protocol", requestProtocols), "Requests received from peers"),
        row(.requestsFailedOutbound, "p2p", "aztec_p2p_req_resp_failed_outbound_requests", .labelled("protocol", requestProtocols), "Requests to peers that failed"),
        row(.requestsFailedInbound, "p2p", "aztec_p2p_req_resp_failed_inbound_requests", .labelled("protocol", requestProtocols), "Requests of peers that were refused or not finished in time"),
        row(.gossipAccepted, "p2p", "quetzal_gossip_accepted", .labelled("topic", gossipTopics), "Gossiped messages found good and forwarded"),
        row(.gossipIgnored, "p2p", "quetzal_gossip_ignored", .labelled("topic", gossipTopics), "Gossiped messages dropped without blame"),
        row(.gossipRejected, "p2p", "quetzal_gossip_rejected", .labelled("topic", gossipTopics), "Gossiped messages found bad"),
        row(.networkBytesReceived, "p2p", "quetzal_network_received", .counter, .bytes, "Bytes received over peer connections"),
        row(.networkBytesSent, "p2p", "quetzal_network_sent", .counter, .bytes, "Bytes sent over peer connections"),
        discovery(.discoveryKnownNodes, "known_nodes", .gauge, .none, "Nodes in the discovery table"),
        discovery(.discoverySessions, "sessions", .gauge, .none, "Nodes that share keys with this one, as far as they are remembered"),
        discovery(.discoveryPacketsReceived, "packets_received", .counter, .none, "Discovery packets received"),
        discovery(.discoveryPacketsSent, "packets_sent", .counter, .none, "Discovery packets sent"),
        discovery(.discoveryBytesReceived, "received", .counter, .bytes, "Bytes of discovery packets received"),
        discovery(.discoveryBytesSent, "sent", .counter, .bytes, "Bytes of discovery packets sent"),
        discovery(.discoveryPacketsMalformed, "packets_malformed", .counter, .none, "Discovery packets that could not be read"),
        discovery(.discoveryPacketsLimited, "packets_limited", .counter, .none, "Discovery packets beyond the limits on their senders, dropped"),
        discovery(.discoveryHandshakes, "handshakes", .counter, .none, "Handshakes of other nodes accepted"),
        discovery(.discoveryHandshakesRefused, "handshakes_refused", .counter, .none, "Handshakes of other nodes refused"),
    ]

    /// Of discovery, which is part of the p2p worker and all of the bootnode.
    private static func discovery(_ id: MetricID, _ name: String, _ form: Metric.Form, _ unit: Metric.Unit, _ help: String) -> Metric {
        Metric(id: id, kinds: ["p2p", "bootnode"], name: "quetzal_discovery_" + name, label: nil, form: form, unit: unit, help: help)
    }

    private static func row(_ id: MetricID, _ kind: String, _ name: String, _ form: Metric.Form, _ help: String) -> Metric {
        row(id, kind, name, form, .none, nil, help)
    }

    private static func row(_ id: MetricID, _ kind: String, _ name: String, _ form: Metric.Form, _ unit: Metric.Unit, _ help: String) -> Metric {
        row(id, kind, name, form, unit, nil, help)
    }

    private static func assign(_ rows: [Metric]) -> [Metric] {
        var slot = 0
        return rows.enumerated().map { index, row in
            precondition(row.id.rawValue == index, "metric rows stand in the order of their ids: \(row.name)")
            var row = row
            row.slot = slot
            slot += row.slots
            precondition(slot <= WorkerRegion.metricSlots, "more metrics than slots")
            return row
        }
    }
}
