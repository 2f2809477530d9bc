import JSON
import Protocol

// The admin port, and the P2P namespace of a node without P2P.
extension NodeAPI {
    static let adminMethods: [Method] = [
        Method(name: "setConfig", parameters: 1) { _, parameters, _ throws(RPCFailure) in
            parameters.checkSequencerSettings(0)
            try parameters.finish()
            // All of these settings are the sequencer's and the prover's, neither of which runs here.
            return false
        },
        Method(name: "flushTxs", parameters: 0) { _, _, _ throws(RPCFailure) in throw .failed("Sequencer is not initialized") },
        Method(name: "startSnapshotUpload", parameters: 1) { _, parameters, _ throws(RPCFailure) in
            _ = parameters.string(0)
            try parameters.finish()
            throw .failed("This node makes no snapshots: they are files of the reference's database")
        },
        Method(name: "rollbackTo", parameters: 1) { api, parameters, _ throws(RPCFailure) in
            let target = parameters.number(0)
            let isForced = parameters[1].map { $0.bool ?? !($0.isNull || $0.int == 0 || $0.string == "") } ?? false
            try parameters.finish()
            let heights = try api.heights()
            let shown = JSONText.javaScript(target)
            if target < Double(heights.finalized), !isForced { throw .failed("Cannot rollback to block \(shown) as it is before finalized \(heights.finalized)") }
            guard target < Double(heights.latest) else { throw .failed("Target L2 block \(shown) must be less than current L2 block \(heights.latest)") }
            guard let number = Int(exactly: target), number > 0 else { throw .failed("Target L2 block \(shown) not found") }
            guard let rollback = api.admin.rollback else { throw .missing("rollbackTo", "a way to tell the archiver") }
            try rollback(number)
            return false
        },
        Method(name: "pauseSync", parameters: 0) { api, _, _ throws(RPCFailure) in
            guard let pause = api.admin.pauseSync else { throw .missing("pauseSync", "a way to tell the archiver") }
            try pause()
            return false
        },
        Method(name: "resumeSync", parameters: 0) { api, _, _ throws(RPCFailure) in
            guard let resume = api.admin.resumeSync else { throw .missing("resumeSync", "a way to tell the archiver") }
            try resume()
            return false
        },
    ]
}

extension Parameters {
    private static let numbers: Set<String> = [
        "transactionPollingIntervalMS", "maxTxsPerBlock", "minTxsPerBlock", "maxL2BlockGas", "maxDABlockGas", "maxBlockSizeInBytes",
        "maxL1TxInclusionTimeIntoSlot", "proverTestDelayMs", "proverTestDelayFactor", "proverAgentCount",
    ]
    private static let flags: Set<String> = ["publishTxsWithProposals", "enforceTimeTable", "realProofs"]
    private static let texts: Set<String> = ["acvmWorkingDirectory", "acvmBinaryPath", "nodeUrl"]

    /// Checks the members that `setConfig` knows (note 08 §3.2); others are dropped.
    mutating func checkSequencerSettings(_ position: Int) {
        guard let element = object(position) else { return }
        for (name, value) in element.members {
            let path = "\(position).\(name)"
            if Self.numbers.contains(name) {
                _ = number(value, path)
            } else if Self.flags.contains(name) {
                if value.bool == nil { complain("Expected boolean, received \(value.schemaKind)", path) }
            } else if Self.texts.contains(name) {
                _ = string(value, path)
            } else if name == "feeRecipient" {
                _ = aztecAddress(value, path)
            } else if name == "coinbase" || name == "governanceProposerPayload" {
                if let text = string(value, path), EthAddress(hex: text) == nil { complain("Not a valid instance", path) }
            } else if name == "proverId" {
                _ = field(value, path)
            } else if name == "proverTestDelayType" {
                if value.string != "fixed", value.string != "realistic" { complain("Invalid input", path) }
            } else if name == "txPublicSetupAllowList" {
                if !value.isArray { complain("Expected array, received \(value.schemaKind)", path) }
            }
        }
    }
}
