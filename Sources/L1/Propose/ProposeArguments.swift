import Bytes
import Field
import Hashing
import Protocol

/// A committee seat's signature in `propose`.
public struct SeatSignature: Hashable, Sendable {
    public var isEmpty: Bool
    public var signature: Signature

    public init(isEmpty: Bool, signature: Signature) {
        self.isEmpty = isEmpty
        self.signature = signature
    }

    /// As the node keeps it: a seat marked empty has no signature, whatever its other members hold.
    public var kept: Signature { isEmpty ? .empty : signature }

    /// An empty signature takes the place of a seat that did not sign.
    public init(_ signature: Signature) {
        isEmpty = signature.isEmpty
        self.signature = signature.isEmpty ? .empty : signature
    }
}

/// Arguments of `Rollup.propose` as they stand in calldata, unchecked (note 05 §4).
public struct ProposeArguments: Hashable, Sendable {
    public var archive: Bytes32
    /// 144 bytes when it is right.
    public var stateReference: [UInt8]
    /// int256 in two's complement; zero from the reference.
    public var feeAssetPriceModifier: UInt256
    /// 348 bytes when it is right.
    public var header: [UInt8]
    public var txHashes: [Bytes32]
    public var signatures: [SeatSignature]
    public var blobInput: [UInt8]

    public init(
        archive: Bytes32, stateReference: [UInt8], feeAssetPriceModifier: UInt256 = 0, header: [UInt8], txHashes: [Bytes32], signatures: [SeatSignature],
        blobInput: [UInt8]
    ) {
        self.archive = archive
        self.stateReference = stateReference
        self.feeAssetPriceModifier = feeAssetPriceModifier
        self.header = header
        self.txHashes = txHashes
        self.signatures = signatures
        self.blobInput = blobInput
    }

    /// Arguments of calldata that begins with the selector of `propose`.
    public init(calldata: ArraySlice<UInt8>) throws(DecodingError) {
        let values = try RollupFunctions.propose.decodeArguments(calldata)
        guard let arguments = values[0].list, let archive = arguments[0].bytes.flatMap({ Bytes32($0) }), let state = arguments[1].bytes,
              let modifier = arguments[2].list?.first?.integer, let header = arguments[3].bytes, let hashes = arguments[4].list,
              let seats = values[1].list, let blobInput = values[2].bytes else { throw DecodingError("propose: wrong shape") }
        self.archive = archive
        stateReference = state
        feeAssetPriceModifier = modifier
        self.header = header
        txHashes = hashes.compactMap { $0.bytes.flatMap { Bytes32($0) } }
        signatures = []
        signatures.reserveCapacity(seats.count)
        for seat in seats {
            guard let members = seat.list, let isEmpty = members[0].bool, let v = members[1].uint64, v <= 255, let r = members[2].bytes.flatMap({ Bytes32($0) }),
                  let s = members[3].bytes.flatMap({ Bytes32($0) }) else { throw DecodingError("propose: a signature is malformed") }
            signatures.append(SeatSignature(isEmpty: isEmpty, signature: Signature(r: r, s: s, v: UInt32(v))))
        }
        self.blobInput = blobInput
    }

    public var calldata: [UInt8] {
        RollupFunctions.propose.calldata(argumentsValue, signaturesValue, .bytes(blobInput))
    }

    var argumentsValue: ABIValue {
        .list([
            .bytes(archive.bytes), .bytes(stateReference), .list([.integer(feeAssetPriceModifier)]), .bytes(header),
            .list(txHashes.map { .bytes($0.bytes) }),
        ])
    }

    var signaturesValue: ABIValue {
        .list(signatures.map { seat in
            .list([
                .bool(seat.isEmpty), .integer(UInt256(UInt64(seat.signature.v))), .bytes(seat.signature.r.bytes), .bytes(seat.signature.s.bytes),
            ])
        })
    }

    /// Hash of the header as L1 stores it.
    public var headerHash: Fr { SHA256.truncatedToField(header) }

    /// What attesters sign (separator 1) or proposers gossip (separator 0): keccak of the abi encoding.
    public func digest(separator: UInt8 = 1) -> [UInt8] {
        let types: [ABIType] = [.uint(bits: 8), .tuple([.fixedBytes(32), .bytes, .tuple([.int(bits: 256)]), .fixedBytes(32), .array(.fixedBytes(32))])]
        let payload: ABIValue = .list([
            .bytes(archive.bytes), .bytes(stateReference), .list([.integer(feeAssetPriceModifier)]), .bytes(headerHash.bytes),
            .list(txHashes.map { .bytes($0.bytes) }),
        ])
        guard let encoded = ABIEncoder.encode([.integer(UInt256(UInt64(separator))), payload], as: types) else {
            preconditionFailure("a digest's values always fit")
        }
        return Keccak256.hash(encoded)
    }

    /// The digest under Ethereum's signed message prefix.
    public func signedDigest(separator: UInt8 = 1) -> [UInt8] {
        Keccak256.hash(Array("\u{19}Ethereum Signed Message:\n32".utf8) + digest(separator: separator))
    }
}

/// `validateHeader`'s calldata.
public struct ValidateHeaderArguments: Hashable, Sendable {
    public var header: [UInt8]
    public var signatures: [SeatSignature]
    public var digest: [UInt8]
    public var currentTime: UInt64
    public var blobsHash: Bytes32
    public var ignoreDA: Bool
    public var ignoreSignatures: Bool

    public init(header: [UInt8], signatures: [SeatSignature], digest: [UInt8], currentTime: UInt64, blobsHash: Bytes32, ignoreDA: Bool, ignoreSignatures: Bool) {
        self.header = header
        self.signatures = signatures
        self.digest = digest
        self.currentTime = currentTime
        self.blobsHash = blobsHash
        self.ignoreDA = ignoreDA
        self.ignoreSignatures = ignoreSignatures
    }

    public var calldata: [UInt8] {
        let seats = ProposeArguments(archive: .zero, stateReference: [], header: [], txHashes: [], signatures: signatures, blobInput: []).signaturesValue
        return RollupFunctions.validateHeader.calldata(
            .bytes(header), seats, .bytes(digest), .integer(UInt256(currentTime)), .bytes(blobsHash.bytes),
            .list([.bool(ignoreDA), .bool(ignoreSignatures)]))
    }
}
