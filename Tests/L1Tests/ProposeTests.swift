import Bytes
import Field
import Hashing
import L1
import Protocol
import Testing

/// A well-formed proposal without transactions.
struct SampleProposal {
    let rollup = EthAddress(UInt64(0xabcd))
    var arguments: ProposeArguments
    var event: BlockProposedEvent

    init() {
        let commitment = [0xc0] + [UInt8](repeating: 0, count: 47)
        var hash = SHA256.hash(commitment)
        hash[0] = 1
        let versioned = Bytes32(hash[...])!
        var header = ProposedBlockHeader.zero
        header.contentCommitment.blobsHash = SHA256.truncatedToField(hash)
        header.timestamp = 77
        let archive = Fr(1234)
        arguments = ProposeArguments(
            archive: Bytes32(archive.bytes[...])!, stateReference: StateReference.zero.serialized, header: header.serialized, txHashes: [],
            signatures: [SeatSignature(.empty)], blobInput: [1] + hash + [UInt8](repeating: 0, count: 64) + commitment + commitment)
        event = BlockProposedEvent(
            blockNumber: 9, archive: archive, versionedBlobHashes: [versioned],
            place: L1LogPlace(blockNumber: 5, blockHash: .zero, transactionHash: .zero, logIndex: 0))
    }

    func transaction(_ input: [UInt8], to: EthAddress? = EthAddress(UInt64(0x77))) -> L1Transaction {
        L1Transaction(hash: .zero, blockHash: nil, from: .zero, to: to, input: input, blobVersionedHashes: event.versionedBlobHashes)
    }
}

@Suite struct ProposeTests {
    let sample = SampleProposal()

    @Test func everyWrappingIsRead() throws {
        let propose = sample.arguments.calldata
        let noise = (to: EthAddress(UInt64(0x99)), data: [UInt8](repeating: 3, count: 40))
        let call = (to: sample.rollup, data: propose)
        let forward = ForwarderContract.forward([noise, call])
        let aggregate3 = ABIFunction("aggregate3((address,bool,bytes)[])")
        let nested = try #require(aggregate3.encode([.list([.list([.bytes(EthAddress(UInt64(0x77)).bytes), .bool(false), .bytes(forward)])])]))
        let multicall = try #require(ABIFunction("tryAggregate(bool,(address,bytes)[])").encode([.bool(true), .list([.list([.bytes(sample.rollup.bytes), .bytes(propose)])])]))
        let safe = try #require(ABIFunction("execTransaction(address,uint256,bytes,uint8)").encode([.bytes(sample.rollup.bytes), .integer(0), .bytes(propose), .integer(0)]))
        for (input, to) in [(propose, sample.rollup), (forward, EthAddress(UInt64(1))), (nested, EthAddress(UInt64(2))), (multicall, EthAddress(UInt64(3))), (safe, EthAddress(UInt64(4)))] {
            let block = try ProposedBlock(event: sample.event, transaction: sample.transaction(input, to: to), rollup: sample.rollup)
            #expect(block.number == 9)
            #expect(block.header.timestamp == 77)
            #expect(block.headerHash == sample.arguments.headerHash)
        }
    }

    @Test func theCallThatFitsTheEventIsTaken() throws {
        var other = sample.arguments
        other.archive = Bytes32(Fr(99).bytes[...])!
        let input = ForwarderContract.forward([(to: sample.rollup, data: other.calldata), (to: sample.rollup, data: sample.arguments.calldata)])
        let block = try ProposedBlock(event: sample.event, transaction: sample.transaction(input), rollup: sample.rollup)
        #expect(block.archive == Fr(1234))
    }

    @Test func contradictionsAreRefusedByName() {
        func refused(_ change: (inout ProposeArguments, inout L1Transaction) -> Void, _ word: String, headerHash: Fr? = nil) {
            var arguments = sample.arguments
            var transaction = sample.transaction([])
            change(&arguments, &transaction)
            transaction.input = ForwarderContract.forward([(to: sample.rollup, data: arguments.calldata)])
            do throws(L1Error) {
                _ = try ProposedBlock(event: sample.event, transaction: transaction, rollup: sample.rollup, headerHash: headerHash)
                Issue.record("accepted: \(word)")
            } catch {
                #expect(error.description.contains(word), "\(error)")
                #expect(error.kind == .inconsistent)
            }
        }
        refused({ arguments, _ in arguments.archive = .zero }, "archive")
        refused({ arguments, _ in arguments.header.removeLast() }, "header")
        refused({ arguments, _ in arguments.header.append(0) }, "a header of 349 bytes")
        refused({ arguments, _ in arguments.stateReference.append(0) }, "state reference")
        refused({ arguments, _ in arguments.blobInput[1] ^= 1 }, "other blobs")
        refused({ arguments, _ in arguments.blobInput[100] ^= 1 }, "not that of its commitment")
        refused({ arguments, _ in arguments.blobInput = [] }, "blob count")
        refused({ arguments, _ in arguments.header[70] ^= 1 }, "blobs hash")
        refused({ _, transaction in transaction.blobVersionedHashes = [] }, "carries other blobs")
        refused({ _, _ in }, "header hash", headerHash: Fr(5))
    }

    @Test func finderSurvivesAnything() {
        var random = SplitMix(state: 3)
        let input = ForwarderContract.forward([(to: EthAddress(UInt64(1)), data: [1, 2, 3]), (to: sample.rollup, data: sample.arguments.calldata)])
        let finder = ProposeFinder(rollup: sample.rollup)
        var finds = 0
        for _ in 0..<fuzzRounds {
            let mutated = random.mutate(input)
            for find in finder.finds(to: EthAddress(UInt64(0x77)), input: mutated) {
                finds += 1
                _ = try? ProposedBlock(number: 1, archive: .zero, versionedBlobHashes: [], arguments: find.arguments)
                _ = try? BlobInput(find.arguments.blobInput)
            }
        }
        #expect(finds > 0)
    }

    @Test func eventsSurviveAnything() {
        var random = SplitMix(state: 4)
        let encoded = L1EventDeclarations.l2BlockProposed.encode([.integer(9), .bytes(Fr(7).bytes), .list([.bytes(random.bytes(32))])])!
        var read = 0
        for _ in 0..<fuzzRounds {
            let topics = random.mutate(encoded.topics.flatMap { $0 })
            let log = L1Log(
                address: sample.rollup, topics: stride(from: 0, to: topics.count - topics.count % 32, by: 32).prefix(4).map { Bytes32(topics[$0..<($0 + 32)])! },
                data: random.mutate(encoded.data), place: sample.event.place)
            if (try? L1Event(log: log)) != nil { read += 1 }
        }
        #expect(read >= 0)
        let log = L1Log(address: sample.rollup, topics: encoded.topics.map { Bytes32($0)! }, data: encoded.data, place: sample.event.place)
        #expect(throws: Never.self) { try L1Event(log: log) }
    }

    @Test func vectorsOfTheNote() {
        // Note 05 §14: 6, 7, 8, 10, 11.
        #expect(ProposerSelection.sample(5, of: 10, seed: 1) == [5, 7, 6, 4, 0])
        let top = UInt256(bytes: [UInt8](repeating: 0xff, count: 28))!
        #expect(Array(ProposerSelection.sample(48, of: 100, seed: top).prefix(6)) == [51, 95, 34, 72, 46, 40])
        #expect((64...69).map { ProposerSelection.index(epoch: 2, slot: UInt256(UInt64($0)), seed: top, committeeSize: 48) } == [43, 2, 1, 35, 4, 25])
        #expect([0, 1, 3].map { ProposerSelection.index(epoch: 0, slot: UInt256(UInt64($0)), seed: 0, committeeSize: 3) } == [1, 1, 0])
        #expect(ProposerSelection.seed(epoch: 5, prevrandao: 0x1234).bytes.suffix(28).hex == "0x5d0dc2875abd9e1de1417d5280b8b59885b89e5ebea13d97826a7a40")
        let market = GasMarket(baseFeePerGas: 1_000_000_000, blobBaseFee: 1_000_000_000, maxPriorityFeePerGas: 1_000_000_000)
        let first = GasPrice(market, rules: GasPriceRules(), isBlobTransaction: true, attempt: 0, previous: nil)
        #expect(first == GasPrice(maxFeePerGas: 2_801_806_640, maxPriorityFeePerGas: 1_200_000_000, maxFeePerBlobGas: 1_601_806_640))
        let second = GasPrice(market, rules: GasPriceRules(), isBlobTransaction: true, attempt: 1, previous: first)
        #expect(second == GasPrice(maxFeePerGas: 5_603_613_280, maxPriorityFeePerGas: 2_400_000_000, maxFeePerBlobGas: 3_203_613_280))
        let genesis = Fr(hex: "0237797d6a2c04d20d4fa06b74482bd970ccd51a43d9b05b57e9b91fa1ae1cae")!
        let rollup = EthAddress([UInt8](repeating: 0x11, count: 20))!
        #expect(RollupVersion.compute(chainID: 31337, rollup: rollup, vkTreeRoot: .zero, protocolContractTreeRoot: .zero, genesisArchiveRoot: genesis) == 1_556_799_715)
    }
}
