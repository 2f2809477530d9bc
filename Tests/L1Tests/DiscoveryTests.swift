import EventLoop
import Field
import Foundation
import L1
import LoopTestKit
import Protocol
import Testing

@Suite(.serialized) struct DiscoveryTests {
    @Test func findsTheRollupInThreeExchanges() async throws {
        guard let replay = Replay.faulty, let directory = Golden.directory else { return }
        let json = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: directory + "/chain/main/l1-contracts.json"))) as? [String: Any])
        let addresses = json["addresses"] as! [String: String], config = json["config"] as! [String: Any]
        let registry = EthAddress(hex: addresses["registryAddress"]!.lowercased())!
        func number(_ value: Any?) -> UInt64 { UInt64(value as! Int) }
        let rollupVersion = number(json["rollupVersion"]), genesisTime = number(json["l1GenesisTime"]), slot = number(config["aztecSlotDuration"])
        let epoch = number(config["aztecEpochDuration"]), window = number(config["aztecProofSubmissionWindow"]), stake = config["minimumStake"] as! String
        for version: UInt64? in [nil, rollupVersion, 0] {
            try await onLoop { loop in
                let client = RPCTests.client([replay.address], loop)
                let found = try await client.discover(registry: registry, version: version)
                #expect(client.rpc.statistics.exchanges <= (version == 0 ? 4 : 3))
                #expect(found.addresses.rollupAddress.hex == addresses["rollupAddress"])
                #expect(found.addresses.inboxAddress.hex == addresses["inboxAddress"])
                #expect(found.addresses.outboxAddress.hex == addresses["outboxAddress"])
                #expect(found.addresses.governanceAddress.hex == addresses["governanceAddress"])
                #expect(found.addresses.governanceProposerAddress.hex == addresses["governanceProposerAddress"])
                #expect(found.addresses.feeJuicePortalAddress.hex == addresses["feeJuicePortalAddress"])
                #expect(found.addresses.coinIssuerAddress.hex == addresses["coinIssuerAddress"])
                #expect(found.addresses.stakingAssetAddress.hex == addresses["stakingAssetAddress"])
                #expect(found.version == rollupVersion)
                #expect(found.genesisTime == genesisTime)
                #expect(found.slotDuration == slot)
                #expect(found.epochDuration == epoch)
                #expect(found.proofSubmissionWindow == window)
                #expect(found.minimumStake.description == stake)
                #expect(!found.genesisArchiveRoot.isZero)
                #expect(found.chainID == 31337)
            }
        }
    }

    @Test func saysWhatIsMissing() async throws {
        guard let replay = Replay.faulty else { return }
        try await onLoop { loop in
            let client = RPCTests.client([replay.address], loop)
            do {
                _ = try await client.discover(registry: .zero)
                Issue.record("no error")
            } catch { #expect("\(error)".contains("REGISTRY_CONTRACT_ADDRESS")) }
            do {
                _ = try await RPCTests.client([], loop).latestBlock()
                Issue.record("no error")
            } catch { #expect("\(error)".contains("ETHEREUM_HOSTS")) }
        }
    }

    @Test func theBloomFilterTellsWhichBlocksConcernUs() async throws {
        guard let replay = Replay.faulty else { return }
        try await onLoop { loop in
            let client = RPCTests.client([replay.address], loop)
            let contract = RollupContract(rollup: EthAddress(hex: "f9a334e3d5256f819de73c3ac1bbd625f3883555")!, inbox: EthAddress(hex: "2363cd2b9dae74d2b2e44c4eb4c01c7e9ccaa239")!)
            let events = Set(try await contract.events(in: 0...250, from: client).map(\.place.blockNumber))
            let bloom = RollupBloom(contract)
            var false_ = 0, silent = 0
            for number: UInt64 in 60...250 {
                guard let block = try await client.block(.number(number)) else { continue }
                let may = bloom.mayConcern(block)
                if events.contains(number) { #expect(may, "block \(number) holds an event") }
                if may, !events.contains(number) { false_ += 1 }
                if !may { silent += 1 }
            }
            #expect(silent > 40 && false_ < 5)
        }
    }
}
