public import Field

// Side effects of both parts of a tx taken together, in the order the protocol gives them.
extension PrivateKernelTailCircuitPublicInputs {
    /// One part for a private-only tx; non-revertible, then revertible otherwise.
    private var parts: [PrivateToRollupAccumulatedData] {
        switch destination {
        case .forPublic(let data): [data.nonRevertibleAccumulatedData.effects, data.revertibleAccumulatedData.effects]
        case .forRollup(let end): [end]
        }
    }

    public var nonEmptyNoteHashes: [Fr] { parts.flatMap(\.noteHashes.nonEmpty) }
    public var nonEmptyNullifiers: [Fr] { parts.flatMap(\.nullifiers.nonEmpty) }
    public var nonEmptyPrivateLogs: [PrivateLog] { parts.flatMap(\.privateLogs.nonEmpty) }
    public var nonEmptyContractClassLogsHashes: [ScopedLogHash] { parts.flatMap(\.contractClassLogsHashes.nonEmpty) }

    public var emittedPrivateLogsLength: Int { parts.reduce(0) { $0 + $1.emittedPrivateLogsLength } }
    public var emittedContractClassLogsLength: Int { parts.reduce(0) { $0 + $1.emittedContractClassLogsLength } }

    public var nonRevertiblePublicCallRequests: [PublicCallRequest] { forPublic?.nonRevertibleAccumulatedData.publicCallRequests.nonEmpty ?? [] }
    public var revertiblePublicCallRequests: [PublicCallRequest] { forPublic?.revertibleAccumulatedData.publicCallRequests.nonEmpty ?? [] }
    public var teardownPublicCallRequest: PublicCallRequest? {
        forPublic.flatMap { $0.needsTeardown ? $0.publicTeardownCallRequest : nil }
    }

    /// Calls in the order they run: setup, app logic, teardown.
    public var publicCallRequests: [PublicCallRequest] {
        nonRevertiblePublicCallRequests + revertiblePublicCallRequests + (teardownPublicCallRequest.map { [$0] } ?? [])
    }

    public var numberOfPublicCallRequests: Int { publicCallRequests.count }

    /// Whether items fill their lists from the front and both parts together fit the limits of a tx; what no kernel
    /// proves otherwise, and the reference finds out only when it counts.
    public var isWellFormed: Bool {
        func fit(_ counts: [Int?], _ limit: Int) -> Bool {
            counts.allSatisfy { $0 != nil } && counts.reduce(0) { $0 + ($1 ?? 0) } <= limit
        }
        let parts = self.parts
        let calls = forPublic.map { [$0.nonRevertibleAccumulatedData.publicCallRequests.leadingCount, $0.revertibleAccumulatedData.publicCallRequests.leadingCount] } ?? []
        return fit(parts.map(\.noteHashes.leadingCount), ProtocolConstants.maxNoteHashesPerTx)
            && fit(parts.map(\.nullifiers.leadingCount), ProtocolConstants.maxNullifiersPerTx)
            && fit(parts.map(\.l2ToL1Msgs.leadingCount), ProtocolConstants.maxL2ToL1MessagesPerTx)
            && fit(parts.map(\.privateLogs.leadingCount), ProtocolConstants.maxPrivateLogsPerTx)
            && fit(parts.map(\.contractClassLogsHashes.leadingCount), ProtocolConstants.maxContractClassLogsPerTx)
            && fit(calls, ProtocolConstants.maxEnqueuedCallsPerTx)
    }

    /// The reference's size for pool limits: items that are not empty at full size, and the constants. Leaves out the
    /// gas used (note 02 §4).
    public var size: Int {
        let effects = switch destination {
        case .forPublic(let data): data.nonEmptyByteCount
        case .forRollup(let end): end.nonEmptyByteCount
        }
        return effects + TxConstantData.byteCount + RollupValidationRequests.byteCount + 32
    }
}
