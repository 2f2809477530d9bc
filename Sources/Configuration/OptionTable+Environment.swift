extension OptionTable {
    /// Rows: variables without a flag of `aztec start` (form: see `OptionTable`).
    static let environmentRows = #"""
        @ ENVIRONMENT
        - | COIN_ISSUER_CONTRACT_ADDRESS | eth | - | node | L1 coin issuer
        - | FEE_ASSET_HANDLER_CONTRACT_ADDRESS | eth | - | node | L1 fee asset handler
        - | GOVERNANCE_CONTRACT_ADDRESS | eth | - | node | L1 governance
        - | GOVERNANCE_PROPOSER_CONTRACT_ADDRESS | eth | - | node | L1 governance proposer
        - | REWARD_DISTRIBUTOR_CONTRACT_ADDRESS | eth | - | node | L1 reward distributor
        - | RPC_SIMULATE_PUBLIC_MAX_GAS_LIMIT | int | 10000000000 | execution | gas limit of simulatePublicCalls
        - | SENTINEL_ENABLED | bool | false | sequencer | collect validator statistics
        - | SENTINEL_HISTORY_LENGTH_IN_EPOCHS | int | 24 | sequencer | epochs of statistics kept
        - | SLASH_FACTORY_CONTRACT_ADDRESS | eth | - | node | L1 slash factory
        - | STAKING_ASSET_HANDLER_CONTRACT_ADDRESS | eth | - | node | L1 staking asset handler
        - | LOG_LEVEL | str | info | node | log levels per module
        - | LOG_JSON | bool | false | node | one JSON object a log line
        - | LOG_MULTILINE | bool | false | node | log data over several lines
        - | FORCE_COLOR | str | - | node | colours in the log
        - | USE_GCLOUD_LOGGING | bool | false | node | log keys as Google Cloud wants them
        - | BOT_NO_WAIT_FOR_TRANSFERS | str | - | unused | known to the reference's wrapper; nothing reads it
        - | BOT_SKIP_PUBLIC_SIMULATION | str | - | unused | known to the reference's wrapper; nothing reads it
        - | DEBUG | str | - | unused | known to the reference's wrapper; nothing reads it
        - | ENFORCE_FEES | str | - | unused | known to the reference's wrapper; nothing reads it
        - | K8S_NAMESPACE_NAME | str | - | unused | known to the reference's wrapper; nothing reads it
        - | K8S_POD_NAME | str | - | unused | known to the reference's wrapper; nothing reads it
        - | K8S_POD_UID | str | - | unused | known to the reference's wrapper; nothing reads it
        - | L1_GAS_PRICE_MIN | str | - | unused | known to the reference's wrapper; nothing reads it
        - | NETWORK_NAME | str | - | unused | known to the reference's wrapper; nothing reads it
        - | PROVER_VIEM_POLLING_INTERVAL_MS | str | - | unused | known to the reference's wrapper; nothing reads it
        - | SEQ_VIEM_POLLING_INTERVAL_MS | str | - | unused | known to the reference's wrapper; nothing reads it
        - | TELEMETRY | str | - | unused | known to the reference's wrapper; nothing reads it
        - | TXE_PORT | str | - | unused | known to the reference's wrapper; nothing reads it
        - | TX_GOSSIP_VERSION | str | - | unused | known to the reference's wrapper; nothing reads it
        - | VERIFIER_VIEM_POLLING_INTERVAL_MS | str | - | unused | known to the reference's wrapper; nothing reads it
        """#
}
