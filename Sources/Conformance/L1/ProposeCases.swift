import Blobs
import Bytes
import ConformanceKit
import Field
import Hashing
import JSON
import L1
import Protocol
import Signatures

/// `propose` calldata as published, the event, and what is read back from it.
struct ProposeCases {
    var file: String

    func run(_ root: JSONElement, _ report: inout ConformanceReport) {
        let kzg = try? KZG()
        for (index, entry) in root["cases"]!.elements.enumerated() {
            guard let example = Example(entry) else {
                report.fail(file: file, case: "\(index)", expected: "a readable case", got: "none")
                continue
            }
            calldata(example, "\(index)", &report)
            signatures(example, "\(index)", &report)
            blobs(example, "\(index)", kzg, &report)
            reading(example, "\(index)", &report)
            for malformed in entry["malformedInputs"]?.elements.map({ $0 }) ?? [] { self.malformed(malformed, example, "\(index)", &report) }
        }
    }

    struct Example {
        var entry: JSONElement
        var rollup: EthAddress
        var chainID, version: UInt64
        var block: L2Block
        var propose, forward: [UInt8]
        var event: BlockProposedEvent

        init?(_ entry: JSONElement) {
            guard let rollup = entry.hex("rollupAddress").flatMap({ EthAddress($0) }), let chainID = entry["chainId"]?.number, let version = entry["version"]?.number,
                  let block = entry.hex("l2Block").flatMap({ try? L2Block(exactly: $0) }), let propose = entry.hex("proposeCalldata"),
                  let forward = entry.hex("forwardCalldata"), let log = entry["event"], let data = log.hex("data"), let l1 = entry["l1"],
                  let number = l1["blockNumber"]?.number, let hash = l1.hex("blockHash").flatMap({ Bytes32($0) }) else { return nil }
            let place = L1LogPlace(blockNumber: number, blockHash: hash, transactionHash: .zero, logIndex: 0)
            let topics = log["topics"]?.elements.compactMap { $0.bytesOfHex.flatMap { Bytes32($0) } } ?? []
            guard case .blockProposed(let event)? = try? L1Event(log: L1Log(address: rollup, topics: topics, data: data, place: place)) else { return nil }
            self.entry = entry
            self.rollup = rollup
            self.chainID = chainID
            self.version = version
            self.block = block
            self.propose = propose
            self.forward = forward
            self.event = event
        }

        func transaction(_ input: [UInt8], to: EthAddress? = EthAddress(0x1234)) -> L1Transaction {
            L1Transaction(hash: .zero, blockHash: event.place.blockHash, from: .zero, to: to, input: input, blobVersionedHashes: event.versionedBlobHashes)
        }

        /// The block's blobs as they would be fetched.
        var blobs: [[UInt8]]? { block.body.blobFields().flatMap { try? Blob.blobs(of: $0) }?.map(\.bytes) }
    }

    private func calldata(_ example: Example, _ name: String, _ report: inout ConformanceReport) {
        let entry = example.entry
        guard let arguments = try? ProposeArguments(calldata: example.propose[...]) else {
            return report.fail(file: file, case: "\(name) propose", expected: "readable calldata", got: "refusal")
        }
        report.check(file: file, case: "\(name) propose calldata", expected: example.propose.hex, got: arguments.calldata.hex)
        report.check(file: file, case: "\(name) header", expected: entry["proposedHeader"]?.string ?? "", got: arguments.header.hex)
        report.check(file: file, case: "\(name) header hash", expected: entry["headerHash"]?.string ?? "", got: arguments.headerHash.hex)
        report.check(file: file, case: "\(name) digest", expected: entry["digestToSign"]?.string ?? "", got: arguments.digest().hex)
        report.check(file: file, case: "\(name) signed digest", expected: entry["ethSignedDigest"]?.string ?? "", got: arguments.signedDigest().hex)
        report.check(file: file, case: "\(name) blob input", expected: entry["blobInput"]?.string ?? "", got: arguments.blobInput.hex)
        report.check(file: file, case: "\(name) event number", expected: example.block.number.map { UInt64($0) }, got: example.event.blockNumber)
        report.check(file: file, case: "\(name) event archive", expected: example.block.archive.root.hex, got: example.event.archive.hex)
        report.check(
            file: file, case: "\(name) event blobs", expected: entry["versionedBlobHashes"]?.elements.map { $0.string ?? "" } ?? [],
            got: example.event.versionedBlobHashes.map(\.hex))
        if let values = try? ForwarderFunctions.forward.decodeArguments(example.forward[...]) {
            let targets = values[0].list?.compactMap { $0.bytes.flatMap { EthAddress($0) } } ?? []
            report.check(file: file, case: "\(name) forward targets", expected: entry["forwardTargets"]?.elements.map { $0.string?.lowercased() ?? "" } ?? [], got: targets.map(\.hex))
            let calls = zip(targets, values[1].list ?? []).map { (to: $0, data: $1.bytes ?? []) }
            report.check(file: file, case: "\(name) forward calldata", expected: example.forward.hex, got: ForwarderContract.forward(calls).hex)
        } else {
            report.fail(file: file, case: "\(name) forward", expected: "readable calldata", got: "refusal")
        }
        if let validate = entry.hex("validateHeaderCalldata") {
            guard let values = try? RollupFunctions.validateHeader.decodeArguments(validate[...]), let flags = values[5].list,
                  let time = values[3].uint64, let digest = values[2].bytes, let blobsHash = values[4].bytes.flatMap({ Bytes32($0) }) else {
                return report.fail(file: file, case: "\(name) validateHeader", expected: "readable calldata", got: "refusal")
            }
            let isSigned = flags[1].bool == false
            let rebuilt = ValidateHeaderArguments(
                header: arguments.header, signatures: isSigned || !(values[1].list ?? []).isEmpty ? arguments.signatures : [], digest: digest, currentTime: time, blobsHash: blobsHash,
                ignoreDA: flags[0].bool ?? false, ignoreSignatures: !isSigned)
            report.check(file: file, case: "\(name) validateHeader calldata", expected: validate.hex, got: rebuilt.calldata.hex)
        }
    }

    private func signatures(_ example: Example, _ name: String, _ report: inout ConformanceReport) {
        guard let arguments = try? ProposeArguments(calldata: example.propose[...]) else { return }
        let digest = arguments.signedDigest()
        let committee = example.entry["committee"]?.elements.map { $0.string?.lowercased() ?? "" } ?? []
        let texts = example.entry["signatures"]?.elements.map { $0.string ?? "" } ?? []
        report.check(file: file, case: "\(name) signatures", expected: texts, got: arguments.signatures.map(\.kept.hex))
        for (seat, signature) in arguments.signatures.enumerated() where !signature.isEmpty && seat < committee.count {
            let address = try? Secp256k1.recoverAddress(
                digest: digest, r: signature.signature.r.bytes, s: signature.signature.s.bytes, v: UInt64(signature.signature.v))
            report.check(file: file, case: "\(name) signer of seat \(seat)", expected: committee[seat], got: address?.hex ?? "none")
        }
    }

    private func blobs(_ example: Example, _ name: String, _ kzg: KZG?, _ report: inout ConformanceReport) {
        guard let kzg, let fields = example.block.body.blobFields() else { return report.skip("blob input made anew (no trusted setup found)") }
        let made = (try? OpenedBlob.blobs(of: fields, kzg: kzg))?.blobInput
        report.check(file: file, case: "\(name) blob input made anew", expected: example.entry["blobInput"]?.string ?? "", got: made?.hex ?? "failure")
    }

    private func reading(_ example: Example, _ name: String, _ report: inout ConformanceReport) {
        guard let decodes = example.entry["archiverDecodes"] else { return }
        do throws(L1Error) {
            let proposed = try ProposedBlock(event: example.event, transaction: example.transaction(example.forward), rollup: example.rollup)
            let block = try proposed.block(blobs: example.blobs ?? [], chainID: example.chainID, version: example.version)
            report.check(file: file, case: "\(name) block read back", expected: decodes["l2Block"]?.string ?? "", got: block.serialized.hex)
            report.check(file: file, case: "\(name) block hash", expected: decodes["blockHash"]?.string ?? "", got: block.hash().hex)
            report.check(
                file: file, case: "\(name) attestations", expected: decodes["signatures"]?.elements.map { $0.string ?? "" } ?? [],
                got: proposed.attestations.map(\.hex))
            // The same call without the forwarder, which the reference cannot read.
            let direct = try ProposedBlock(event: example.event, transaction: example.transaction(example.propose, to: example.rollup), rollup: example.rollup)
            report.check(file: file, case: "\(name) direct call", expected: proposed, got: direct)
        } catch {
            report.fail(file: file, case: "\(name) reading", expected: "the block", got: error.description)
        }
    }

    // MARK: Malformed inputs

    private func malformed(_ entry: JSONElement, _ example: Example, _ name: String, _ report: inout ConformanceReport) {
        let label = entry["label"]?.string ?? "?"
        let name = "\(name) malformed «\(label)»"
        guard let input = input(entry, example) else { return report.skip("malformed inputs given by their hash alone") }
        guard let result = entry["result"] else { return report.fail(file: file, case: name, expected: "a readable case", got: "none") }
        let expectedHash = result["accepted"]?.bool == true ? result["blockHash"]?.string : nil
        // A log whose archive the chain no longer has is passed over before its transaction is looked at.
        if result.isString("ignored") {
            return report.check(file: file, case: name, expected: false, got: Fr.zero == example.event.archive)
        }
        let hasBlobs = !(result["throws"]?.string ?? "").contains("No blob bodies")
        let finds = ProposeFinder(rollup: example.rollup).finds(to: EthAddress(0x1234), input: input)
        let readByReference = finds.first { $0.wrapping == .forwarder }
        let got = (readByReference ?? finds.first).flatMap { hash($0, example, hasBlobs: hasBlobs) }
        if expectedHash == nil, readByReference == nil, let got {
            // Note 05 §10 wants direct calls and other bundles read: acceptance is right when it is the right block.
            return report.check(file: file, case: name, expected: example.entry["blockHash"]?.string ?? "", got: got)
        }
        report.check(file: file, case: name, expected: expectedHash ?? "a refusal", got: got ?? "a refusal")
    }

    private func hash(_ find: ProposeFinder.Find, _ example: Example, hasBlobs: Bool) -> String? {
        guard let proposed = try? ProposedBlock(
            number: example.event.blockNumber, archive: example.event.archive, versionedBlobHashes: example.event.versionedBlobHashes, arguments: find.arguments)
        else { return nil }
        let block = try? proposed.block(blobs: hasBlobs ? example.blobs ?? [] : [], chainID: example.chainID, version: example.version)
        return block?.hash().hex
    }

    /// The transaction input; where the file keeps only length and hash, it is made from the label and compared.
    private func input(_ entry: JSONElement, _ example: Example) -> [UInt8]? {
        if let bytes = entry["input"]?.bytesOfHex { return bytes }
        guard let length = entry["input"]?["length"]?.int, let hash = entry["input"]?["keccak256"]?.string else { return nil }
        var candidates = [example.forward, example.propose, [0x12, 0x34, 0x56, 0x78] + example.forward.dropFirst(4)]
        if length > example.forward.count {
            for filler: UInt8 in [0, 0xff, 0xab, 0x11] { candidates.append(example.forward + [UInt8](repeating: filler, count: length - example.forward.count)) }
        }
        func bundle(_ data: [UInt8], to: EthAddress) -> [UInt8] { ForwarderContract.forward([(to: to, data: data)]) }
        func bundle(_ change: (inout ProposeArguments) -> Void) {
            guard var arguments = try? ProposeArguments(calldata: example.propose[...]) else { return }
            change(&arguments)
            candidates.append(bundle(arguments.calldata, to: example.rollup))
        }
        candidates.append(bundle(Array(example.propose.dropLast(32)), to: example.rollup))
        candidates.append(ForwarderContract.forward([(to: example.rollup, data: example.propose), (to: example.rollup, data: example.propose)]))
        bundle { $0.header.removeLast() }
        bundle { $0.header.append(0) }
        bundle { $0.stateReference.removeLast() }
        for other in strangers(example) {
            candidates.append(bundle(example.propose, to: other))
            let lists: [ABIValue] = [.list([.bytes(example.rollup.bytes), .bytes(other.bytes)]), .list([.bytes(example.propose)])]
            candidates.append(ForwarderFunctions.forward.encode(lists) ?? [])
        }
        return candidates.first { $0.count == length && Keccak256.hash($0).hex == hash }
    }

    /// Addresses other than the rollup that the case's complete inputs call.
    private func strangers(_ example: Example) -> Set<EthAddress> {
        var found: Set<EthAddress> = []
        for entry in example.entry["malformedInputs"]?.elements.map({ $0 }) ?? [] {
            guard let input = entry["input"]?.bytesOfHex, let values = try? ForwarderFunctions.forward.decodeArguments(input[...]) else { continue }
            for target in values[0].list ?? [] { if let address = target.bytes.flatMap({ EthAddress($0) }), address != example.rollup { found.insert(address) } }
        }
        return found
    }
}
