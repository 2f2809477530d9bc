import Blobs
import Bytes
import Field
import Hashing
import Protocol

/// An L2 block as read from L1, before its body: the checked arguments of `propose`.
public struct ProposedBlock: Hashable, Sendable {
    public var number: UInt64
    public var archive: Fr
    public var header: ProposedBlockHeader
    public var headerHash: Fr
    public var state: StateReference
    public var txHashes: [Bytes32]
    /// In committee order; empty where a seat did not sign.
    public var attestations: [Signature]
    public var versionedBlobHashes: [Bytes32]

    /// Reads arguments without comparing them with anything, as the reference does: bytes behind the header or the
    /// state reference are ignored.
    public init(number: UInt64, archive: Fr, versionedBlobHashes: [Bytes32], arguments: ProposeArguments) throws(DecodingError) {
        self.number = number
        self.archive = archive
        self.versionedBlobHashes = versionedBlobHashes
        do throws(DecodingError) { header = try ProposedBlockHeader(prefixOf: arguments.header) } catch {
            throw DecodingError("a header of \(arguments.header.count) bytes: \(error.reason)", at: error.offset)
        }
        headerHash = arguments.headerHash
        do throws(DecodingError) { state = try StateReference(prefixOf: arguments.stateReference) } catch {
            throw DecodingError("a state reference of \(arguments.stateReference.count) bytes: \(error.reason)", at: error.offset)
        }
        txHashes = arguments.txHashes
        attestations = arguments.signatures.map(\.kept)
    }

    /// The block that `event` announces, from the transaction that emitted it. Every find in the transaction is tried
    /// against the event; the error says what did not fit.
    /// - Parameter headerHash: as L1 stores it (`getBlock`), where it was asked for.
    public init(event: BlockProposedEvent, transaction: L1Transaction, rollup: EthAddress, headerHash stored: Fr? = nil) throws(L1Error) {
        let finds = ProposeFinder(rollup: rollup).finds(to: transaction.to, input: transaction.input)
        var reasons: [String] = []
        for find in finds {
            do throws(DecodingError) {
                let block = try ProposedBlock(
                    number: event.blockNumber, archive: event.archive, versionedBlobHashes: event.versionedBlobHashes, arguments: find.arguments)
                if let complaint = block.complaint(find.arguments, event, transaction, stored) {
                    reasons.append(complaint)
                    continue
                }
                self = block
                return
            } catch {
                reasons.append(error.description)
            }
        }
        let why = reasons.isEmpty ? "it calls no propose of rollup \(rollup) that can be read" : reasons.joined(separator: "; ")
        throw L1Error(
            .inconsistent, "L1 transaction \(transaction.hash) does not hold L2 block \(event.blockNumber): \(why)",
            advice: "the L1 host may answer wrong data; the block is asked for again")
    }

    /// What contradicts the event or the transaction; nil when all fits.
    private func complaint(_ arguments: ProposeArguments, _ event: BlockProposedEvent, _ transaction: L1Transaction, _ stored: Fr?) -> String? {
        guard event.blockNumber < UInt64(UInt32.max) else { return "block number \(event.blockNumber) is beyond 32 bits" }
        guard arguments.archive.bytes == event.archive.bytes else { return "archive \(arguments.archive) instead of \(event.archive.hex)" }
        guard arguments.header.count == ProposedBlockHeader.byteCount else { return "a header of \(arguments.header.count) bytes" }
        guard arguments.stateReference.count == StateReference.byteCount else { return "a state reference of \(arguments.stateReference.count) bytes" }
        if let stored, stored != headerHash { return "header hash \(headerHash.hex) instead of \(stored.hex)" }
        let input: BlobInput
        do throws(DecodingError) { input = try BlobInput(arguments.blobInput) } catch { return error.description }
        guard input.versionedHashes == event.versionedBlobHashes else { return "other blobs than the event's" }
        guard input.hashesMatchCommitments else { return "a blob's hash is not that of its commitment" }
        guard transaction.blobVersionedHashes.starts(with: event.versionedBlobHashes) else { return "the transaction carries other blobs than the event's" }
        let blobsHash = Blob.blobsHash(of: event.versionedBlobHashes.map(\.bytes))
        guard header.contentCommitment.blobsHash == blobsHash else {
            return "blobs hash \(header.contentCommitment.blobsHash.hex) in the header, \(blobsHash.hex) by the event"
        }
        return nil
    }

    /// The whole block (note 05 §10, «Rebuilding»). `version`: of the rollup.
    public func block(body: Body, chainID: UInt64, version: UInt64) -> L2Block {
        var fees = Fr.zero
        for effect in body.txEffects { fees = fees + effect.transactionFee }
        return L2Block(
            archive: AppendOnlyTreeSnapshot(root: archive, nextAvailableLeafIndex: UInt32(truncatingIfNeeded: number + 1)),
            header: BlockHeader(
                lastArchive: AppendOnlyTreeSnapshot(root: header.lastArchiveRoot, nextAvailableLeafIndex: UInt32(truncatingIfNeeded: number)),
                contentCommitment: header.contentCommitment, state: state,
                globalVariables: GlobalVariables(
                    chainId: Fr(chainID), version: Fr(version), blockNumber: Fr(number), slotNumber: header.slotNumber, timestamp: Fr(header.timestamp),
                    coinbase: header.coinbase, feeRecipient: header.feeRecipient, gasFees: header.gasFees),
                totalFees: fees, totalManaUsed: header.totalManaUsed),
            body: body)
    }

    /// The block from its blobs (131,072 bytes each, in the event's order).
    public func block(blobs: [[UInt8]], chainID: UInt64, version: UInt64) throws(L1Error) -> L2Block {
        guard blobs.count == versionedBlobHashes.count else {
            throw L1Error(.blobsMissing, "No blob bodies found for block \(number): \(blobs.count) of \(versionedBlobHashes.count) blobs")
        }
        do throws(DecodingError) {
            let body = try Body(blobs: blobs.count == 1 ? blobs[0][...] : Array(blobs.joined())[...])
            return block(body: body, chainID: chainID, version: version)
        } catch {
            throw L1Error(
                .badBlob, "Unable to sync: failed to decode fetched blob, this blob was likely not created by us (L2 block \(number)): \(error)")
        }
    }
}
