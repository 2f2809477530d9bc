extension OptionTable {
    /// Rows: sequencer and blob sink options (form: see `OptionTable`).
    static let sequencerRows = #"""
        @ SEQUENCER
        --sequencer | - | switch | - | sequencer | start a sequencer
        --sequencer.validatorPrivateKey <value> | VALIDATOR_PRIVATE_KEY | key | - | sequencer | key of the validator
        --sequencer.disableValidator <value> | VALIDATOR_DISABLED | bool | false | sequencer | no validator duties
        --sequencer.attestationPollingIntervalMs <value> | VALIDATOR_ATTESTATIONS_POLLING_INTERVAL_MS | int | 200 | sequencer | polling of the attestation pool
        --sequencer.validatorReexecute <value> | VALIDATOR_REEXECUTE | bool | true | sequencer | re-execute before attesting
        --sequencer.transactionPollingIntervalMS <value> | SEQ_TX_POLLING_INTERVAL_MS | int | 500 | sequencer | sequencer loop interval
        --sequencer.maxTxsPerBlock <value> | SEQ_MAX_TX_PER_BLOCK | int | 32 | sequencer | most txs in a block
        --sequencer.minTxsPerBlock <value> | SEQ_MIN_TX_PER_BLOCK | int | 1 | sequencer | fewest txs in a block
        --sequencer.publishTxsWithProposals <value> | SEQ_PUBLISH_TXS_WITH_PROPOSALS | bool | false | sequencer | put whole txs into proposals
        --sequencer.maxL2BlockGas <value> | SEQ_MAX_L2_BLOCK_GAS | int | 10000000000 | sequencer | L2 gas limit of a block
        --sequencer.maxDABlockGas <value> | SEQ_MAX_DA_BLOCK_GAS | int | 10000000000 | sequencer | DA gas limit of a block
        --sequencer.coinbase <value> | COINBASE | eth? | - | sequencer | L1 address rewarded for blocks
        --sequencer.feeRecipient <value> | FEE_RECIPIENT | aztec | - | sequencer | L2 address receiving fees
        --sequencer.acvmWorkingDirectory <value> | ACVM_WORKING_DIRECTORY | str | - | sequencer | scratch directory for ACVM and proving
        --sequencer.acvmBinaryPath <value> | ACVM_BINARY_PATH | str | - | sequencer | external ACVM program (unused by a node without proving)
        --sequencer.maxBlockSizeInBytes <value> | SEQ_MAX_BLOCK_SIZE_IN_BYTES | int | 1048576 | sequencer | block size limit, bytes
        --sequencer.enforceTimeTable <value> | SEQ_ENFORCE_TIME_TABLE | bool | true | sequencer | give up a block that would be late
        --sequencer.governanceProposerPayload <value> | GOVERNANCE_PROPOSER_PAYLOAD_ADDRESS | eth | 0x0000000000000000000000000000000000000000 | sequencer | payload this node votes for; zero = no vote
        --sequencer.maxL1TxInclusionTimeIntoSlot <value> | SEQ_MAX_L1_TX_INCLUSION_TIME_INTO_SLOT | oint | - | sequencer | seconds into an L1 slot in which a tx still gets mined
        --sequencer.txPublicSetupAllowList <value> | TX_PUBLIC_SETUP_ALLOWLIST | allowlist | - | sequencer | calls allowed in set-up | printed: AuthRegistry, FeeJuice.increase_public_balance, Token.increase_public_balance, FPC.prepare_fee
        --sequencer.viemPollingIntervalMS <value> | L1_READER_VIEM_POLLING_INTERVAL_MS | int | 1000 | sequencer | L1 client polling
        --sequencer.customForwarderContractAddress <value> | CUSTOM_FORWARDER_CONTRACT_ADDRESS | eth | 0x0000000000000000000000000000000000000000 | sequencer | use this forwarder instead of the derived one
        --sequencer.publisherPrivateKey <value> | SEQ_PUBLISHER_PRIVATE_KEY | key | 0x0000000000000000000000000000000000000000000000000000000000000000 | sequencer | L1 key of the sequencer | else: VALIDATOR_PRIVATE_KEY
        --sequencer.l1PublishRetryIntervalMS <value> | SEQ_PUBLISH_RETRY_INTERVAL_MS | num | 1000 | sequencer | pause between publish tries
        --sequencer.gasLimitBufferPercentage <value> | L1_GAS_LIMIT_BUFFER_PERCENTAGE | int | 20 | sequencer | added to gas estimates, percent
        --sequencer.maxGwei <value> | L1_GAS_PRICE_MAX | big | 500 | sequencer | highest fee per gas, gwei
        --sequencer.maxBlobGwei <value> | L1_BLOB_FEE_PER_GAS_MAX | big | 1500 | sequencer | highest blob fee per gas, gwei
        --sequencer.priorityFeeBumpPercentage <value> | L1_PRIORITY_FEE_BUMP_PERCENTAGE | int | 20 | sequencer | added to the network's priority fee at first, percent
        --sequencer.priorityFeeRetryBumpPercentage <value> | L1_PRIORITY_FEE_RETRY_BUMP_PERCENTAGE | int | 50 | sequencer | added at each resend, percent
        --sequencer.fixedPriorityFeePerGas <value> | L1_FIXED_PRIORITY_FEE_PER_GAS | int | 0 | sequencer | fixed priority fee, gwei; 0 = from the network
        --sequencer.maxAttempts <value> | L1_TX_MONITOR_MAX_ATTEMPTS | int | 3 | sequencer | resends of a stalled L1 tx
        --sequencer.checkIntervalMs <value> | L1_TX_MONITOR_CHECK_INTERVAL_MS | int | 1000 | sequencer | pause between looks at a sent L1 tx
        --sequencer.stallTimeMs <value> | L1_TX_MONITOR_STALL_TIME_MS | int | 45000 | sequencer | age after which an L1 tx counts as stalled
        --sequencer.txTimeoutMs <value> | L1_TX_MONITOR_TX_TIMEOUT_MS | int | 300000 | sequencer | age after which an L1 tx is given up
        --sequencer.txPropagationMaxQueryAttempts <value> | L1_TX_PROPAGATION_MAX_QUERY_ATTEMPTS | int | 3 | sequencer | tries to see a sent L1 tx
        --sequencer.blobSinkUrl <value> | BLOB_SINK_URL | str | - | sequencer | blob sink to read from and write to
        --sequencer.blobSinkMapSizeKb <value> | BLOB_SINK_MAP_SIZE_KB | onum | - | unused | size limit of the blob sink database
        --sequencer.archiveApiUrl <value> | BLOB_SINK_ARCHIVE_API_URL | str | - | sequencer | blob archive (Blobscan API) asked last
        --sequencer.rollupVersion <value> | ROLLUP_VERSION | int | - | sequencer | rollup version to follow; canonical if unset
        --sequencer.ethereumSlotDuration <value> | ETHEREUM_SLOT_DURATION | int | 12 | sequencer | seconds per L1 slot
        --sequencer.aztecSlotDuration <value> | AZTEC_SLOT_DURATION | int | 36 | sequencer | seconds per L2 slot; a multiple of the L1 slot
        --sequencer.aztecEpochDuration <value> | AZTEC_EPOCH_DURATION | int | 32 | sequencer | slots per epoch
        --sequencer.aztecProofSubmissionWindow <value> | AZTEC_PROOF_SUBMISSION_WINDOW | int | 64 | sequencer | slots from the start of an epoch in which its proof is accepted
        @ BLOB SINK
        --blob-sink | - | switch | - | blob-sink | start a blob sink
        --blobSink.port <value> | BLOB_SINK_PORT | str | - | blob-sink | listening port of the blob sink
        --blobSink.blobSinkUrl <value> | BLOB_SINK_URL | str | - | blob-sink | blob sink to read from and write to
        --blobSink.blobSinkMapSizeKb <value> | BLOB_SINK_MAP_SIZE_KB | onum | - | unused | size limit of the blob sink database
        --blobSink.archiveApiUrl <value> | BLOB_SINK_ARCHIVE_API_URL | str | - | blob-sink | blob archive (Blobscan API) asked last
        --blobSink.dataStoreMapSizeKB <value> | DATA_STORE_MAP_SIZE_KB | int | 134217728 | unused | size limit of every database
        --blobSink.rollupVersion <value> | ROLLUP_VERSION | int | - | blob-sink | rollup version to follow; canonical if unset
        --blobSink.viemPollingIntervalMS <value> | L1_READER_VIEM_POLLING_INTERVAL_MS | int | 1000 | blob-sink | L1 client polling
        """#
}
