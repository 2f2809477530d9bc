extension OptionTable {
    /// Rows: options of the node itself (form: see `OptionTable`).
    static let nodeRows = #"""
        @ MISC
        --network <value> | NETWORK | str | - | node | network preset
        --auto-update <value> | AUTO_UPDATE | str | disabled | update | reaction to published updates: disabled, notify, config, config-and-version
        --auto-update-url <value> | AUTO_UPDATE_URL | str | - | update | where update information is fetched
        @ SANDBOX
        --sandbox | - | switch | - | sandbox | start a local network
        --sandbox.noPXE [value] | NO_PXE | bool | false | sandbox | sandbox without PXE
        @ API
        --port <value> | AZTEC_PORT | int | 8080 | node | port of the RPC server
        --admin-port <value> | AZTEC_ADMIN_PORT | int | 8880 | node | port of the admin RPC server
        --api-prefix <value> | API_PREFIX | str | '' | unused | path prefix of the RPC routes
        @ ETHEREUM
        --l1-rpc-urls <value> | ETHEREUM_HOSTS | csvt | http://localhost:8545 | node | L1 execution RPC URLs, comma separated | alone: -
        --l1-chain-id <value> | L1_CHAIN_ID | num | 31337 | node | L1 chain id
        --l1-mnemonic <value> | MNEMONIC | str | test test test test test test test test test test test junk | sequencer | mnemonic of the L1 account | alone: -
        --l1-consensus-host-urls <value> | L1_CONSENSUS_HOST_URLS | csvt | [] | node | L1 consensus (beacon) URLs, comma separated | alone: -
        --l1-consensus-host-api-keys <value> | L1_CONSENSUS_HOST_API_KEYS | csvt | [] | node | API keys, one per consensus URL | alone: -
        --l1-consensus-host-api-key-headers <value> | L1_CONSENSUS_HOST_API_KEY_HEADERS | csvt | [] | node | header names carrying those keys | alone: -
        @ STORAGE
        --data-directory <value> | DATA_DIRECTORY | str | - | node | directory of all databases; unset = in memory
        --data-store-map-size-kb <value> | DATA_STORE_MAP_SIZE_KB | int | - | unused | size limit of every database | alone: 134217728
        @ L1 CONTRACT ADDRESSES
        --rollup-address <value> | ROLLUP_CONTRACT_ADDRESS | eth | - | node | L1 rollup
        --registry-address <value> | REGISTRY_CONTRACT_ADDRESS | eth | - | node | L1 registry; the other addresses follow from it
        --inbox-address <value> | INBOX_CONTRACT_ADDRESS | eth | - | node | L1 inbox
        --outbox-address <value> | OUTBOX_CONTRACT_ADDRESS | eth | - | node | L1 outbox
        --fee-juice-address <value> | FEE_JUICE_CONTRACT_ADDRESS | eth | - | node | L1 fee juice token
        --staking-asset-address <value> | STAKING_ASSET_CONTRACT_ADDRESS | eth | - | node | L1 staking token
        --fee-juice-portal-address <value> | FEE_JUICE_PORTAL_CONTRACT_ADDRESS | eth | - | node | L1 fee juice portal
        @ AZTEC NODE
        --node | - | switch | - | node | start a node
        --node.archiverUrl <value> | ARCHIVER_URL | str | - | unused | use a remote archiver instead of an own one
        --node.deployAztecContracts | DEPLOY_AZTEC_CONTRACTS | switch | - | deploy | deploy the L1 contracts first
        --node.deployAztecContractsSalt <value> | DEPLOY_AZTEC_CONTRACTS_SALT | int | - | deploy | salt of that deployment; implies it
        --node.assumeProvenThroughBlockNumber <value> | ASSUME_PROVEN_THROUGH_BLOCK_NUMBER | int | 0 | deploy | pretend blocks up to this one are proven
        --node.publisherPrivateKey <value> | L1_PRIVATE_KEY | str | - | deploy | L1 key used for deployment
        --node.worldStateBlockCheckIntervalMS <value> | WS_BLOCK_CHECK_INTERVAL_MS | num | 100 | node | world state polling
        --node.syncMode <value> | SYNC_MODE | str | snapshot | snapshot | full, snapshot (if no local data) or force-snapshot
        --node.snapshotsUrl <value> | SYNC_SNAPSHOTS_URL | str | - | snapshot | base URL of snapshots
        """#
}
