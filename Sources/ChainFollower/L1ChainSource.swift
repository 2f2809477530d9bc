public import Field
public import L1
import Protocol

/// L1 over JSON-RPC and blob hosts. Requests made together travel in one HTTP exchange (`L1Client`).
@LoopActor public final class L1ChainSource: ChainSource {
    private let client: L1Client
    private let blobs: BlobClient
    private let contract: RollupContract
    private let bloom: RollupBloom

    public init(client: L1Client, blobs: BlobClient, contract: RollupContract) {
        self.client = client
        self.blobs = blobs
        self.contract = contract
        bloom = RollupBloom(contract)
    }

    private func header(_ block: L1Block) -> L1Header {
        // Times are added to and counted in nanoseconds: a host's nonsense must not overflow them (2^33 s is the year 2242).
        L1Header(
            number: block.number, hash: block.hash, parentHash: block.parentHash, timestamp: min(block.timestamp, 1 << 33), mayHoldEvents: bloom.mayConcern(block))
    }

    public func head() async throws(L1Error) -> L1Header { header(try await client.latestBlock()) }

    public func headers(_ numbers: [UInt64]) async throws(L1Error) -> [L1Header?] {
        // Started together, so that they leave in one batch.
        let client = client
        let tasks = numbers.map { number in
            Task { @LoopActor in
                do throws(L1Error) { return Result<L1Block?, L1Error>.success(try await client.block(.number(number))) } catch { return .failure(error) }
            }
        }
        var found: [L1Header?] = []
        for task in tasks { found.append(try await task.value.get().map(header)) }
        return found
    }

    public func events(in blocks: ClosedRange<UInt64>) async throws(L1Error) -> [L1Event] { try await contract.events(in: blocks, from: client) }

    public func proposal(_ event: BlockProposedEvent) async throws(L1Error) -> Proposal {
        let client = client
        let place = event.place
        let asked = Task { @LoopActor in
            do throws(L1Error) { return Result<L1Block?, L1Error>.success(try await client.block(hash: place.blockHash)) } catch { return .failure(error) }
        }
        let read = try await client.proposal(event, rollup: contract.rollup)
        guard let block = try await asked.value.get(), let proposed = read else {
            throw L1Error(
                .unknownBlock, "L1 block \(place.blockNumber) (\(place.blockHash)) or its transaction \(place.transactionHash) is not known",
                advice: "the host lags or L1 was reorganised; it is asked again")
        }
        let bodies = try await blobs.blobs(for: BlobRequest(event: event, parentBeaconBlockRoot: block.parentBeaconBlockRoot))
        return Proposal(block: proposed, blobs: bodies, l1Timestamp: block.timestamp)
    }

    public func distrust(_ reason: String) { client.distrustLogs(reason) }

    public func manaBaseFee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> Fr {
        let fee = try await client.view(contract.manaBaseFee(at: timestamp), at: .number(block))
        guard let fee = Fr(canonical: fee.bytes) else { throw L1Error(.inconsistent, "the mana base fee \(fee) is no field element") }
        return fee
    }

    public func committee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> DrawnCommittee {
        let client = client
        let contract = contract
        // Started together, so that they leave in one batch.
        let asked = Task { @LoopActor in
            do throws(L1Error) { return Result<UInt256, L1Error>.success(try await client.view(contract.sampleSeed(at: timestamp), at: .number(block))) } catch { return .failure(error) }
        }
        let members = try await client.view(contract.committee(at: timestamp), at: .number(block))
        return DrawnCommittee(members: members, seed: try await asked.value.get())
    }

    public func tips(canPruneAt timestamp: UInt64, block: UInt64) async throws(L1Error) -> (RollupTips, canPrune: Bool) {
        let client = client
        let contract = contract
        let asked = Task { @LoopActor in
            do throws(L1Error) { return Result<Bool, L1Error>.success(try await client.view(contract.canPrune(at: timestamp), at: .number(block))) } catch { return .failure(error) }
        }
        let status = try await client.view(contract.status(0), at: .number(block))
        return (RollupTips(pending: status.pendingBlockNumber, proven: status.provenBlockNumber), try await asked.value.get())
    }
}
