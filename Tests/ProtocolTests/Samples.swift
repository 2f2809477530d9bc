import Field
import FieldKit
import Protocol

// Random values of the types blocks are made of.
extension SeededGenerator {
    mutating func snapshot() -> AppendOnlyTreeSnapshot {
        AppendOnlyTreeSnapshot(root: field(), nextAvailableLeafIndex: UInt32(truncatingIfNeeded: next()))
    }

    mutating func state() -> StateReference {
        StateReference(
            l1ToL2MessageTree: snapshot(),
            partial: PartialStateReference(noteHashTree: snapshot(), nullifierTree: snapshot(), publicDataTree: snapshot()))
    }

    /// 31 bytes' worth of a field, as truncated hashes are.
    mutating func shortField() -> Fr { Fr(reducing: bytes(31)) }

    mutating func header() -> BlockHeader {
        BlockHeader(
            lastArchive: snapshot(),
            contentCommitment: ContentCommitment(numTxs: Fr(next() % 100), blobsHash: shortField(), inHash: shortField(), outHash: shortField()),
            state: state(),
            globalVariables: GlobalVariables(
                chainId: 31337, version: 1, blockNumber: Fr(next() % 10000), slotNumber: Fr(next() % 10000), timestamp: Fr(next() % 1 << 40),
                coinbase: address(), feeRecipient: AztecAddress(field()), gasFees: GasFees(feePerDaGas: field(), feePerL2Gas: field())),
            totalFees: field(), totalManaUsed: field())
    }

    mutating func address() -> EthAddress {
        guard let address = EthAddress(bytes(20)) else { preconditionFailure("20 bytes are an address") }
        return address
    }

    /// Within the limits of a tx, zeros inside logs included.
    mutating func effect(withClassLog: Bool = false) -> TxEffect {
        var privateLogs: [PrivateLog] = []
        for _ in 0..<Int.random(in: 0...4, using: &self) { privateLogs.append(PrivateLog(emitted: fields(1...12) + [0, 0] + fields(0...4))) }
        var publicLogs: [PublicLog] = []
        for _ in 0..<Int.random(in: 0...3, using: &self) {
            publicLogs.append(PublicLog(contractAddress: AztecAddress(field()), emitted: fields(0...13)))
        }
        var classLogs: [ContractClassLog] = []
        if withClassLog {
            let emitted = fields(1...200) + [0, 0, 0]
            classLogs.append(ContractClassLog(contractAddress: 3, fields: ContractClassLogFields(emitted), emittedLength: UInt32(emitted.count)))
        }
        return TxEffect(
            revertCode: RevertCode.allCases.randomElement(using: &self) ?? .ok, txHash: TxHash(field()), transactionFee: Fr(next()),
            noteHashes: fields(0...8), nullifiers: fields(1...8), l2ToL1Msgs: fields(0...8),
            publicDataWrites: fields(0...8).map { PublicDataWrite(leafSlot: $0, value: 0) }, privateLogs: privateLogs, publicLogs: publicLogs,
            contractClassLogs: classLogs)
    }

    mutating func body(_ count: Int) -> Body { Body(txEffects: (0..<count).map { effect(withClassLog: $0 == 1) }) }

    mutating func block(_ count: Int) -> L2Block { L2Block(archive: snapshot(), header: header(), body: body(count)) }

    mutating func publicKeys() -> PublicKeys {
        PublicKeys(
            masterNullifierPublicKey: Point(x: field(), y: field()), masterIncomingViewingPublicKey: Point(x: field(), y: field()),
            masterOutgoingViewingPublicKey: Point(x: field(), y: field()), masterTaggingPublicKey: Point(x: field(), y: field()))
    }

    mutating func instance() -> ContractInstance {
        ContractInstance(
            salt: field(), deployer: AztecAddress(field()), currentContractClassId: field(), originalContractClassId: field(),
            initializationHash: field(), publicKeys: publicKeys())
    }
}
