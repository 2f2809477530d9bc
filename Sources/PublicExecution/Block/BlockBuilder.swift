public import Blobs
public import Field
import Hashing
public import Protocol
public import WorldState

/// Why no block came of the transactions.
public struct BlockAssemblyError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// The state is not that of the block before.
        case parent
        case tooManyMessages
        /// A transaction's nullifier is in the tree, or in another transaction of the block.
        case nullifier(Fr, tx: TxHash)
        /// The effects take more fields than the blobs of a block have.
        case blobFields(Int)
        /// A transaction's effects are none that a block may hold.
        case effect(tx: TxHash)
        case state(WorldStateError)
        case blobs(KZGError)
    }

    public var kind: Kind
    public var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// Makes a block of executed transactions («note 06 §7.6»).
public struct BlockBuilder {
    private let kzg: KZG

    public init(_ kzg: KZG) { self.kzg = kzg }

    /// What the block takes from a transaction.
    public struct Part: Sendable {
        public var effect: TxEffect
        /// Teardown at its limit: what the fee was taken for.
        public var billedGas: Gas

        public init(effect: TxEffect, billedGas: Gas) {
            self.effect = effect
            self.billedGas = billedGas
        }

        public init(_ tx: ExecutedTx) { self.init(effect: tx.effect, billedGas: tx.gasUsed.billedGas) }
    }

    /// The block after the one that `fork` stands on. The fork takes the block's changes and is then the state after
    /// it; when this throws, it is of no more use.
    /// - Parameters:
    ///   - messages: L1→L2 messages of the block, unpadded. Its own transactions did not see them.
    ///   - parts: in order.
    public func assemble(globals: GlobalVariables, messages: [Fr], parts: [Part], on fork: WorldStateFork) throws(BlockAssemblyError) -> L2Block {
        guard globals.blockNumber.uint64 == UInt64(fork.block) + 1 else {
            throw BlockAssemblyError(.parent, "block \(globals.blockNumber) cannot follow block \(fork.block)")
        }
        guard messages.count <= ProtocolConstants.numberOfL1L2MessagesPerRollup else {
            throw BlockAssemblyError(
                .tooManyMessages, "\(messages.count) messages to L2 are more than \(ProtocolConstants.numberOfL1L2MessagesPerRollup)")
        }
        for part in parts {
            if let violation = part.effect.isEmpty ? "it has no nullifier" : part.effect.violation {
                throw BlockAssemblyError(.effect(tx: part.effect.txHash), "transaction \(part.effect.txHash): \(violation)")
            }
        }
        let body = Body(txEffects: parts.map(\.effect))
        guard let fields = body.blobFields() else {
            let count = body.blobFieldCount
            throw BlockAssemblyError(.blobFields(count), "the transactions take \(count) blob fields, a block has \(Body.maximumBlobFields)")
        }
        let lastArchive = try state { () throws(WorldStateError) in try fork.snapshot().archive }
        do throws(WorldStateError) {
            try fork.apply(messages: messages, txs: parts.map { TxLeaves($0.effect) })
        } catch {
            if let known = try repeatedNullifier(parts, on: fork) { throw known }
            throw BlockAssemblyError(.state(error), error.description)
        }
        let header = BlockHeader(
            lastArchive: lastArchive,
            contentCommitment: try contentCommitment(parts, fields, messages),
            state: try state { () throws(WorldStateError) in try fork.stateReference() },
            globalVariables: globals,
            totalFees: parts.reduce(.zero) { $0 + $1.effect.transactionFee },
            totalManaUsed: parts.reduce(.zero) { $0 + Fr(UInt64($1.billedGas.l2Gas)) })
        let archive = try state { () throws(WorldStateError) in
            try fork.updateArchive(header)
            return try fork.snapshot().archive
        }
        return L2Block(archive: archive, header: header, body: body)
    }

    private func contentCommitment(_ parts: [Part], _ fields: [Fr], _ messages: [Fr]) throws(BlockAssemblyError) -> ContentCommitment {
        var versionedHashes: [[UInt8]] = []
        do throws(KZGError) {
            for blob in try Blob.blobs(of: fields) { versionedHashes.append(try kzg.commit(to: blob).versionedHash) }
        } catch {
            throw BlockAssemblyError(.blobs(error), error.description)
        }
        return ContentCommitment(
            numTxs: Fr(UInt64(parts.count)), blobsHash: Blob.blobsHash(of: versionedHashes), inHash: MerkleRoots.inHash(messages),
            outHash: OutHash.ofBlock(parts.map { OutHash.ofTx($0.effect.l2ToL1Msgs) }))
    }

    /// The nullifier insertion changes nothing when it fails, so the tree still tells which one it was.
    private func repeatedNullifier(_ parts: [Part], on fork: WorldStateFork) throws(BlockAssemblyError) -> BlockAssemblyError? {
        var seen: Set<Fr> = []
        for (index, part) in parts.enumerated() {
            for nullifier in part.effect.nullifiers {
                let isRepeated = !seen.insert(nullifier).inserted
                let isInTree = try state { () throws(WorldStateError) in try fork.leaf(.nullifier, key: nullifier) != nil }
                guard isRepeated || isInTree else { continue }
                return BlockAssemblyError(
                    .nullifier(nullifier, tx: part.effect.txHash),
                    "nullifier \(nullifier) of transaction \(part.effect.txHash) (number \(index) of the block) "
                        + (isRepeated ? "is repeated in the block" : "exists already"))
            }
        }
        return nil
    }

    private func state<T>(_ body: () throws(WorldStateError) -> T) throws(BlockAssemblyError) -> T {
        do { return try body() } catch { throw BlockAssemblyError(.state(error), error.description) }
    }
}

extension TxLeaves {
    /// What the trees take from a transaction.
    public init(_ effect: TxEffect) {
        self.init(noteHashes: effect.noteHashes, nullifiers: effect.nullifiers, publicDataWrites: effect.publicDataWrites)
    }
}
