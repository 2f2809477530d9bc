import Archive
import Field
import Protocol

extension DatabaseChain {
    /// Whether the archiver has been through L1 once, up to a head.
    public func isInitiallySynced() throws(RPCFailure) -> Bool { try read { () throws(ArchiveError) in try archive.isInitiallySynced() } }

    /// What the archiver read about the rollup; nil before it did.
    public func nodeFacts(maxLogs: Int) throws(RPCFailure) -> NodeFacts? {
        guard let facts = try read({ () throws(ArchiveError) in try archive.facts() }) else { return nil }
        return NodeFacts(
            l1ChainId: Int(clamping: facts.chainID), rollupVersion: Int(clamping: facts.rollupVersion), l1Contracts: facts.addresses,
            vkTreeRoot: ProtocolContracts.vkTreeRoot.hex, protocolContractTreeRoot: ProtocolContracts.treeRoot.hex,
            schedule: EpochSchedule(
                l1GenesisTime: facts.genesisTime, slotDuration: max(1, facts.slotDuration), epochDuration: max(1, facts.epochDuration),
                ethereumSlotDuration: facts.l1SlotDuration, proofSubmissionWindow: facts.proofSubmissionWindow),
            maxLogs: max(1, maxLogs))
    }
}
