import Blobs
import Bytes
import Hashing
import Protocol
import Signatures

/// A blob with what travels beside it in a transaction's network form.
public struct TransactionSidecar: Hashable, Sendable {
    public var blobs: [[UInt8]]
    public var commitments: [[UInt8]]
    public var proofs: [[UInt8]]

    /// Commits to the blobs and proves each as EIP-4844 asks (not the proofs of blobInput).
    public init(_ blobs: [Blob], kzg: KZG) throws(KZGError) {
        self.blobs = []
        commitments = []
        proofs = []
        for blob in blobs {
            let commitment = try kzg.commit(to: blob)
            self.blobs.append(blob.bytes)
            commitments.append(commitment.bytes)
            proofs.append(try kzg.sidecarProof(blob, commitment: commitment).bytes)
        }
    }

    public var versionedHashes: [[UInt8]] {
        commitments.map { commitment in
            var hash = SHA256.hash(commitment)
            hash[0] = 1
            return hash
        }
    }
}

/// An L1 transaction to sign: type 2, or type 3 when it carries blobs. Value and access list are empty.
public struct L1TransactionRequest: Hashable, Sendable {
    public var chainID: UInt64
    public var nonce: UInt64
    public var price: GasPrice
    public var gasLimit: UInt64
    public var to: EthAddress
    public var value: UInt128 = 0
    public var data: [UInt8]
    public var sidecar: TransactionSidecar?

    public init(chainID: UInt64, nonce: UInt64, price: GasPrice, gasLimit: UInt64, to: EthAddress, data: [UInt8], sidecar: TransactionSidecar? = nil) {
        self.chainID = chainID
        self.nonce = nonce
        self.price = price
        self.gasLimit = gasLimit
        self.to = to
        self.data = data
        self.sidecar = sidecar
    }

    private var type: UInt8 { sidecar == nil ? 2 : 3 }

    private var fields: [RLP.Item] {
        var fields: [RLP.Item] = [
            .integer(UInt128(chainID)), .integer(UInt128(nonce)), .integer(price.maxPriorityFeePerGas), .integer(price.maxFeePerGas),
            .integer(UInt128(gasLimit)), .bytes(to.bytes), .integer(value), .bytes(data), .list([]),
        ]
        if let sidecar {
            fields += [.integer(price.maxFeePerBlobGas ?? 0), .list(sidecar.versionedHashes.map { .bytes($0) })]
        }
        return fields
    }

    /// Digest that is signed.
    public var signingHash: [UInt8] { Keccak256.hash([type] + RLP.encode(.list(fields))) }

    public func signed(_ key: Secp256k1.PrivateKey) throws(Secp256k1.Failure) -> SignedL1Transaction {
        let signature = try key.sign(digest: signingHash)
        // Typed transactions carry the parity of y, not 27 or 28.
        let parity = UInt128(signature.v >= 27 ? signature.v - 27 : signature.v)
        let payload = RLP.encode(.list(fields + [.integer(parity), .word(signature.r), .word(signature.s)]))
        let canonical = [type] + payload
        guard let sidecar else { return SignedL1Transaction(raw: canonical, canonical: canonical) }
        let network = RLP.encode(.list([
            .encoded(payload), .list(sidecar.blobs.map { .bytes($0) }), .list(sidecar.commitments.map { .bytes($0) }), .list(sidecar.proofs.map { .bytes($0) }),
        ]))
        return SignedL1Transaction(raw: [type] + network, canonical: canonical)
    }
}

public struct SignedL1Transaction: Hashable, Sendable {
    /// As `eth_sendRawTransaction` takes it.
    public var raw: [UInt8]
    /// Without sidecar: what is hashed and mined.
    public var canonical: [UInt8]

    public var hash: [UInt8] { Keccak256.hash(canonical) }
}
