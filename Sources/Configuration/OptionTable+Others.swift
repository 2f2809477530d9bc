extension OptionTable {
    /// Rows: options of programs around the node (prover, bootstrap node, bot, TXE, faucet) (form: see `OptionTable`).
    static let othersRows = #"""
        @ PROVER NODE
        --prover-node | - | switch | - | prover | start a prover node
        --proverNode.archiverUrl <value> | ARCHIVER_URL | str | - | unused | use a remote archiver instead of an own one
        --proverNode.acvmWorkingDirectory <value> | ACVM_WORKING_DIRECTORY | str | - | prover | scratch directory for ACVM and proving
        --proverNode.acvmBinaryPath <value> | ACVM_BINARY_PATH | str | - | prover | external ACVM program (unused by a node without proving)
        --proverNode.bbWorkingDirectory <value> | BB_WORKING_DIRECTORY | str | - | prover | scratch directory of barretenberg
        --proverNode.bbBinaryPath <value> | BB_BINARY_PATH | str | - | prover | barretenberg program
        --proverNode.bbSkipCleanup <value> | BB_SKIP_CLEANUP | bool | false | prover | keep barretenberg's temporary files
        --proverNode.nodeUrl <value> | AZTEC_NODE_URL | str | - | prover | endpoint of the node to use
        --proverNode.proverId <value> | PROVER_ID | fr? | - | prover | id claimed by the prover
        --proverNode.failedProofStore <value> | PROVER_FAILED_PROOF_STORE | str | - | prover | where inputs of failed proofs go
        --proverNode.worldStateBlockCheckIntervalMS <value> | WS_BLOCK_CHECK_INTERVAL_MS | num | 100 | prover | world state polling
        --proverNode.worldStateProvenBlocksOnly <value> | WS_PROVEN_BLOCKS_ONLY | bool | false | prover | follow the proven chain only
        --proverNode.worldStateBlockRequestBatchSize <value> | WS_BLOCK_REQUEST_BATCH_SIZE | onum | - | prover | blocks per world state request
        --proverNode.worldStateDbMapSizeKb <value> | WS_DB_MAP_SIZE_KB | onum | - | unused | size limit of the world state
        --proverNode.archiveTreeMapSizeKb <value> | ARCHIVE_TREE_MAP_SIZE_KB | onum | - | unused | size limit of the archive tree database
        --proverNode.nullifierTreeMapSizeKb <value> | NULLIFIER_TREE_MAP_SIZE_KB | onum | - | unused | size limit of the nullifier tree database
        --proverNode.noteHashTreeMapSizeKb <value> | NOTE_HASH_TREE_MAP_SIZE_KB | onum | - | unused | size limit of the note hash tree database
        --proverNode.messageTreeMapSizeKb <value> | MESSAGE_TREE_MAP_SIZE_KB | onum | - | unused | size limit of the message tree database
        --proverNode.publicDataTreeMapSizeKb <value> | PUBLIC_DATA_TREE_MAP_SIZE_KB | onum | - | unused | size limit of the public data tree database
        --proverNode.worldStateDataDirectory <value> | WS_DATA_DIRECTORY | str | - | prover | directory of the world state
        --proverNode.worldStateBlockHistory <value> | WS_NUM_HISTORIC_BLOCKS | int | 64 | prover | historic blocks kept; below 1 = all
        --proverNode.l1PublishRetryIntervalMS <value> | PROVER_PUBLISH_RETRY_INTERVAL_MS | num | 1000 | prover | pause between publish tries of the prover
        --proverNode.customForwarderContractAddress <value> | CUSTOM_FORWARDER_CONTRACT_ADDRESS | eth | 0x0000000000000000000000000000000000000000 | prover | use this forwarder instead of the derived one
        --proverNode.publisherPrivateKey <value> | PROVER_PUBLISHER_PRIVATE_KEY | key | 0x0000000000000000000000000000000000000000000000000000000000000000 | prover | L1 key of the prover | else: VALIDATOR_PRIVATE_KEY
        --proverNode.proverCoordinationNodeUrls <value> | PROVER_COORDINATION_NODE_URLS | csvt | [] | prover | nodes that serve txs to the prover
        --proverNode.proverNodeMaxPendingJobs <value> | PROVER_NODE_MAX_PENDING_JOBS | int | 10 | prover | epochs proven at once
        --proverNode.proverNodePollingIntervalMs <value> | PROVER_NODE_POLLING_INTERVAL_MS | int | 1000 | prover | prover node polling
        --proverNode.proverNodeMaxParallelBlocksPerEpoch <value> | PROVER_NODE_MAX_PARALLEL_BLOCKS_PER_EPOCH | int | 32 | prover | blocks proven in parallel
        --proverNode.proverNodeFailedEpochStore <value> | PROVER_NODE_FAILED_EPOCH_STORE | str | - | prover | where state of a failed epoch goes
        --proverNode.txGatheringIntervalMs <value> | PROVER_NODE_TX_GATHERING_INTERVAL_MS | int | 1000 | prover | pause between gathering rounds
        --proverNode.txGatheringBatchSize <value> | PROVER_NODE_TX_GATHERING_BATCH_SIZE | int | 10 | prover | txs per gathering request
        --proverNode.txGatheringMaxParallelRequestsPerNode <value> | PROVER_NODE_TX_GATHERING_MAX_PARALLEL_REQUESTS_PER_NODE | int | 100 | prover | parallel gathering requests per node
        --proverNode.testAccounts <value> | TEST_ACCOUNTS | bool | false | prover | fund the test accounts at genesis
        --proverNode.sponsoredFPC <value> | SPONSORED_FPC | bool | false | prover | fund the sponsored fee contract at genesis
        --proverNode.syncMode <value> | SYNC_MODE | str | snapshot | snapshot | full, snapshot (if no local data) or force-snapshot
        --proverNode.snapshotsUrl <value> | SYNC_SNAPSHOTS_URL | str | - | snapshot | base URL of snapshots
        --proverNode.autoUpdate <value> | AUTO_UPDATE | str | disabled | prover | reaction to published updates: disabled, notify, config, config-and-version
        --proverNode.autoUpdateUrl <value> | AUTO_UPDATE_URL | str | - | prover | where update information is fetched
        @ PROVER BROKER
        --prover-broker | - | switch | - | prover | start a proving job broker
        --proverBroker.proverBrokerJobTimeoutMs <value> | PROVER_BROKER_JOB_TIMEOUT_MS | int | 30000 | prover | proving job lease
        --proverBroker.proverBrokerPollIntervalMs <value> | PROVER_BROKER_POLL_INTERVAL_MS | int | 1000 | prover | broker's own check interval
        --proverBroker.proverBrokerJobMaxRetries <value> | PROVER_BROKER_JOB_MAX_RETRIES | int | 3 | prover | retries per proving job
        --proverBroker.proverBrokerBatchSize <value> | PROVER_BROKER_BATCH_SIZE | int | 100 | prover | jobs per broker write
        --proverBroker.proverBrokerBatchIntervalMs <value> | PROVER_BROKER_BATCH_INTERVAL_MS | int | 50 | prover | how often the broker writes
        --proverBroker.proverBrokerMaxEpochsToKeepResultsFor <value> | PROVER_BROKER_MAX_EPOCHS_TO_KEEP_RESULTS_FOR | int | 1 | prover | epochs whose results are kept
        --proverBroker.proverBrokerStoreMapSizeKB <value> | PROVER_BROKER_STORE_MAP_SIZE_KB | onum | - | unused | size limit of the broker database
        --proverBroker.dataStoreMapSizeKB <value> | DATA_STORE_MAP_SIZE_KB | int | 134217728 | unused | size limit of every database
        --proverBroker.viemPollingIntervalMS <value> | L1_READER_VIEM_POLLING_INTERVAL_MS | int | 1000 | prover | L1 client polling
        --proverBroker.rollupVersion <value> | ROLLUP_VERSION | int | - | prover | rollup version to follow; canonical if unset
        @ PROVER AGENT
        --prover-agent | - | switch | - | prover | start a prover agent
        --proverAgent.proverAgentCount <value> | PROVER_AGENT_COUNT | int | 1 | prover | local prover agents
        --proverAgent.proverAgentPollIntervalMs <value> | PROVER_AGENT_POLL_INTERVAL_MS | int | 100 | prover | agents' polling interval
        --proverAgent.proverAgentProofTypes <value> | PROVER_AGENT_PROOF_TYPES | prooftypes | - | prover | proof types an agent takes
        --proverAgent.proverBrokerUrl <value> | PROVER_BROKER_HOST | str | - | prover | broker URL
        --proverAgent.realProofs <value> | PROVER_REAL_PROOFS | bool | true | prover | real proofs (made and verified) instead of accepted ones
        --proverAgent.proverTestDelayType <value> | PROVER_TEST_DELAY_TYPE | str | fixed | prover | kind of test delay
        --proverAgent.proverTestDelayMs <value> | PROVER_TEST_DELAY_MS | int | 0 | prover | fixed test delay
        --proverAgent.proverTestDelayFactor <value> | PROVER_TEST_DELAY_FACTOR | int | 1 | prover | factor on realistic test delays
        @ P2P BOOTSTRAP
        --p2p-bootstrap | - | switch | - | p2p | start a discovery boot node
        --p2pBootstrap.p2pBroadcastPort <value> | P2P_BROADCAST_PORT | str | - | p2p | port announced in the ENR; default = P2P_PORT
        --p2pBootstrap.peerIdPrivateKeyPath <value> | PEER_ID_PRIVATE_KEY_PATH | str | - | p2p | file of that key
        --p2pBootstrap.dataStoreMapSizeKB <value> | DATA_STORE_MAP_SIZE_KB | int | 134217728 | unused | size limit of every database
        @ BOT
        --bot | - | switch | - | bot | start the tx bot
        --bot.nodeUrl <value> | AZTEC_NODE_URL | str | - | bot | endpoint of the node to use
        --bot.nodeAdminUrl <value> | AZTEC_NODE_ADMIN_URL | str | - | bot | admin endpoint of the node (bot)
        --bot.pxeUrl <value> | BOT_PXE_URL | str | - | bot | remote PXE for the bot
        --bot.l1Mnemonic <value> | BOT_L1_MNEMONIC | str | - | bot | L1 account that bridges the bot's fees (mnemonic)
        --bot.l1PrivateKey <value> | BOT_L1_PRIVATE_KEY | str | - | bot | L1 account that bridges the bot's fees (key)
        --bot.senderPrivateKey <value> | BOT_PRIVATE_KEY | fr? | - | bot | signing key of the bot's account
        --bot.senderSalt <value> | BOT_ACCOUNT_SALT | fr? | - | bot | salt of the bot's account
        --bot.recipientEncryptionSecret <value> | BOT_RECIPIENT_ENCRYPTION_SECRET | fr | 0x00000000000000000000000000000000000000000000000000000000cafecafe | bot | secret of the bot's recipient
        --bot.tokenSalt <value> | BOT_TOKEN_SALT | fr | 0x0000000000000000000000000000000000000000000000000000000000000001 | bot | salt of the bot's token
        --bot.txIntervalSeconds <value> | BOT_TX_INTERVAL_SECONDS | int | 60 | bot | pause between bot txs
        --bot.privateTransfersPerTx <value> | BOT_PRIVATE_TRANSFERS_PER_TX | int | 1 | bot | private transfers in one bot tx
        --bot.publicTransfersPerTx <value> | BOT_PUBLIC_TRANSFERS_PER_TX | int | 1 | bot | public transfers in one bot tx
        --bot.feePaymentMethod <value> | BOT_FEE_PAYMENT_METHOD | ostr | fee_juice | bot | how the bot pays
        --bot.noStart <value> | BOT_NO_START | bool | false | bot | do not start the bot by itself
        --bot.txMinedWaitSeconds <value> | BOT_TX_MINED_WAIT_SECONDS | int | 180 | bot | how long the bot waits for a tx
        --bot.followChain <value> | BOT_FOLLOW_CHAIN | choice:NONE/PENDING/PROVEN | NONE | bot | which tip the bot waits for: NONE, PENDING, PROVEN
        --bot.maxPendingTxs <value> | BOT_MAX_PENDING_TXS | int | 128 | bot | bot pauses while the pool holds this many
        --bot.flushSetupTransactions <value> | BOT_FLUSH_SETUP_TRANSACTIONS | bool | false | bot | ask the sequencer for a block after each set-up tx
        --bot.l2GasLimit <value> | BOT_L2_GAS_LIMIT | intx | - | bot | fixed L2 gas limit of bot txs; empty = estimate
        --bot.daGasLimit <value> | BOT_DA_GAS_LIMIT | intx | - | bot | fixed DA gas limit of bot txs; empty = estimate
        --bot.contract <value> | BOT_TOKEN_CONTRACT | choice:TokenContract/EasyPrivateTokenContract | TokenContract | bot | token contract the bot uses
        --bot.maxConsecutiveErrors <value> | BOT_MAX_CONSECUTIVE_ERRORS | int | 0 | bot | errors in a row before the bot is unhealthy
        --bot.stopWhenUnhealthy <value> | BOT_STOP_WHEN_UNHEALTHY | bool | false | bot | end the process when the bot is unhealthy
        --bot.ammTxs <value> | BOT_AMM_TXS | bool | false | bot | bot sends AMM swaps
        @ TXE
        --txe | - | switch | - | txe | start the test environment
        @ FAUCET
        --faucet | - | switch | - | faucet | start the faucet
        --faucet.apiServer | - | switch | true | faucet | serve the faucet over HTTP
        --faucet.apiServerPort <value> | - | int | 8080 | faucet | port of that server
        --faucet.viemPollingIntervalMS <value> | L1_READER_VIEM_POLLING_INTERVAL_MS | int | 1000 | faucet | L1 client polling
        --faucet.l1Mnemonic <value> | MNEMONIC | str | - | sequencer | mnemonic of the L1 account
        --faucet.mnemonicAccountIndex <value> | FAUCET_MNEMONIC_ACCOUNT_INDEX | int | 0 | faucet | account index of the faucet
        --faucet.interval <value> | FAUCET_INTERVAL_MS | int | 3600000 | faucet | time between faucet requests of one address
        --faucet.ethAmount <value> | FAUCET_ETH_AMOUNT | str | 1.0 | faucet | ETH per faucet request
        --faucet.l1Assets <value> | FAUCET_L1_ASSETS | assets | '' | faucet | further assets of the faucet
        """#
}
