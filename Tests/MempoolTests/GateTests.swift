import Bytes
import Field
import FuzzKit
import Mempool
import Protocol
import PublicExecution
import Testing

/// Answers when told to.
final class SlowVerifier: ProofVerifier {
    var open: [(ProofVerdict) -> Void] = []
    func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void) { open.append(done) }
}

final class FixedCommittee: CommitteeSource {
    var answer = ProposerAnswer.known(current: SignedSample.address(1), next: SignedSample.address(2), slot: 10)
    /// nil: not known.
    var members: Set<EthAddress>? = [SignedSample.address(3)]
    func proposers(at time: UInt64) -> ProposerAnswer { answer }
    func isInCommittee(_ address: EthAddress, at time: UInt64) -> CommitteeAnswer { members.map { $0.contains(address) ? .member : .stranger } ?? .unknown }
}

@Suite struct GateTests {
    func judge(_ gate: TransactionGate, _ bytes: [UInt8]) -> Result<Tx, Refusal>? {
        var result: Result<Tx, Refusal>?
        gate.judge(bytes[...]) { result = $0 }
        return result
    }

    func goodChain() -> MemoryChain {
        let chain = MemoryChain()
        chain.genesisBalances[Sample.slot(0xfee)] = 1_000_000
        return chain
    }

    @Test func withoutAVerifierNothingIsTakenAndNobodyBlamed() throws {
        let tx = Sample.tx(nullifiers: [9])
        let chain = goodChain()
        #expect(try judge(TransactionGate(chain: chain, verifier: UncheckedProofs()), tx.serialized)?.get() == tx)
        #expect(try judge(TransactionGate(chain: chain, verifier: UncheckedProofs()), tx.serialized + [1, 2])?.get() == tx, "what follows is ignored")
        let refused = judge(TransactionGate(chain: chain, verifier: RefusedProofs()), tx.serialized)
        guard case .failure(let refusal) = refused else { Issue.record("taken"); return }
        #expect(refusal.judgement == .ignore && refusal.reason == NoProofChecker.reason)
        chain.isGone = true
        guard case .failure(let trouble) = judge(TransactionGate(chain: chain, verifier: UncheckedProofs()), tx.serialized) else { Issue.record("taken"); return }
        #expect(trouble.judgement == .ignore, "our own trouble with the state")
    }

    /// The state before the window is no longer kept: rejected without further blame.
    @Test func oldDoubleSpendsBeyondTheKeptState() throws {
        let chain = goodChain()
        for number in 1...40 { chain.add([], nullifiers: [Fr(UInt64(number))]) }
        chain.readableFrom = 20
        let gate = TransactionGate(chain: chain, verifier: UncheckedProofs())
        func penalty(_ nullifier: Fr) -> GossipJudgement? {
            guard case .failure(let refusal) = judge(gate, Sample.tx(nullifiers: [100, nullifier]).serialized) else { return nil }
            return refusal.judgement
        }
        #expect(penalty(5) == GossipJudgement(.reject))
        chain.readableFrom = 0
        #expect(penalty(5) == GossipJudgement(.reject, penalty: .low), "spent 30 blocks ago")
        #expect(penalty(11) == GossipJudgement(.reject, penalty: .low) && penalty(12) == GossipJudgement(.reject, penalty: .high))
        gate.settings.doubleSpendWindow = 41
        #expect(penalty(5) == GossipJudgement(.reject, penalty: .high))
    }

    @Test func aQueueOfProofsIsBounded() {
        let slow = SlowVerifier()
        let queue = ProofQueue(slow, lanes: 2, limit: 3)
        var verdicts: [Int: ProofVerdict] = [:]
        let tx = Sample.tx(nullifiers: [1])
        for index in 0..<7 { queue.verify(tx) { verdicts[index] = $0 } }
        #expect(slow.open.count == 2 && queue.runningCount == 2 && queue.waitingCount == 3 && queue.refused == 2)
        #expect(verdicts.count == 2 && verdicts.keys.allSatisfy { $0 >= 5 })
        if case .unavailable = verdicts[5] {} else { Issue.record("\(String(describing: verdicts[5]))") }
        slow.open[1](.invalid)
        slow.open[1](.valid)
        #expect(verdicts[1] == .invalid && slow.open.count == 3 && queue.runningCount == 2, "a second answer counts for nothing")
        for index in [0, 2, 3, 4] { slow.open[index](.valid) }
        #expect((0..<5).allSatisfy { verdicts[$0] == ($0 == 1 ? .invalid : .valid) } && queue.runningCount == 0 && queue.waitingCount == 0)
        // A verifier that answers at once, many times: no recursion.
        let quick = ProofQueue(UncheckedProofs(), lanes: 1, limit: 0)
        var count = 0
        for _ in 0..<100_000 { quick.verify(tx) { if $0 == .valid { count += 1 } } }
        #expect(count == 100_000)
    }

    @Test func committeesThatAreEmptyOrUnknown() throws {
        let committee = FixedCommittee()
        let proposals = ProposalGate(committee: committee), attestations = AttestationGate(committee: committee)
        func of(_ proposal: BlockProposal) -> GossipJudgement? {
            guard case .failure(let refusal) = proposals.judge(proposal.serialized[...], at: 0) else { return nil }
            return refusal.judgement
        }
        func of(_ attestation: BlockAttestation) -> GossipJudgement? {
            guard case .failure(let refusal) = attestations.judge(attestation.serialized[...], at: 0) else { return nil }
            return refusal.judgement
        }
        #expect(of(SignedSample.proposal(slot: 11, key: 1)) == nil && of(SignedSample.proposal(slot: 10, key: 2)) == nil)
        #expect(of(SignedSample.proposal(slot: 10, key: 3)) == GossipJudgement(.reject, penalty: .high))
        #expect(of(SignedSample.attestation(slot: 10, key: 3)) == nil && of(SignedSample.attestation(slot: 12, key: 3)) == GossipJudgement(.reject, penalty: .high))
        committee.answer = .empty
        #expect(of(SignedSample.proposal(slot: 10)) == GossipJudgement(.reject) && of(SignedSample.attestation(slot: 10, key: 3)) == GossipJudgement(.reject))
        committee.answer = .unknown(slot: 10)
        committee.members = nil
        #expect(proposals.judge(SignedSample.proposal(slot: 10), at: 0)?.judgement == .ignore && of(SignedSample.attestation(slot: 11)) == .ignore)
        let late = GossipJudgement(.reject, penalty: .high)
        for slot in [9, 12] as [UInt64] { #expect(of(SignedSample.proposal(slot: slot)) == late && of(SignedSample.attestation(slot: slot)) == late) }
        committee.answer = .nothing
        #expect(of(SignedSample.proposal(slot: 10)) == .ignore && of(SignedSample.attestation(slot: 10)) == .ignore)
    }

    /// 10⁶ mutations in the long form: a refusal with its reason or an object, never a trap.
    @Test func anyBytesAreJudged() {
        var fuzz = Fuzz(seed: 71)
        let chain = goodChain()
        let gate = TransactionGate(chain: chain, verifier: UncheckedProofs())
        let committee = FixedCommittee()
        let proposals = ProposalGate(committee: committee), attestations = AttestationGate(committee: committee)
        let tx = Sample.tx(nullifiers: [9]).serialized
        // Mostly where the fields are: padding behind them makes up nearly all of a transaction.
        let short = Array(tx.prefix(2_000))
        let proposal = SignedSample.proposal(slot: 10, txHashes: [TxHash(Fr(1))]).serialized, attestation = SignedSample.attestation(slot: 10, key: 3).serialized
        var accepted = 0
        for round in 0..<Fuzz.rounds(short: 600) {
            var bytes = fuzz.altered(short)
            if round % 4 != 0, bytes.count == short.count { bytes += tx.dropFirst(2_000) }
            if case .success = gate.examine(bytes[...]) { accepted += 1 }
            if case .success = proposals.judge(fuzz.altered(proposal)[...], at: 0) { accepted += 1 }
            if case .success = attestations.judge(fuzz.altered(attestation)[...], at: 0) { accepted += 1 }
        }
        #expect(accepted > 50)
    }

    /// Whatever is offered together is judged as each alone, in the order it came.
    @Test func whatIsOfferedTogetherIsJudgedAsAlone() {
        let gate = TransactionGate(chain: goodChain(), verifier: UncheckedProofs())
        func calling(_ calldata: [[Fr]], nullifier: UInt64) -> Tx {
            var tx = Sample.tx(nullifiers: [Fr(nullifier)])
            var parts = PrivateTailForPublic()
            parts.nonRevertibleAccumulatedData.effects.nullifiers = PaddedList([Fr(nullifier)], capacity: 64)
            tx.publicFunctionCalldata = calldata.map { HashedValues(calldata: $0) }
            parts.revertibleAccumulatedData.publicCallRequests = PaddedList(
                tx.publicFunctionCalldata.map { PublicCallRequest(msgSender: 1, contractAddress: 2, isStaticCall: false, calldataHash: $0.hash) }, capacity: 32)
            tx.data.destination = .forPublic(parts)
            return tx
        }
        var payloads: [[UInt8]] = []
        for number in 0..<150 {
            var tx = calling((0..<(number % 5)).map { call in (0..<(number * 7 % 40 + call)).map { Fr(UInt64($0)) } }, nullifier: UInt64(1000 + number))
            switch number % 7 {
            case 2 where !tx.publicFunctionCalldata.isEmpty: tx.publicFunctionCalldata[0].values.append(5)
            case 3: tx.data.constants.txContext.chainId = 5
            case 4: tx.contractClassLogs = [ContractClassLogFields([1, 2])]
            case 5: tx.data.feePayer = AztecAddress(3)
            default: break
            }
            payloads.append(number % 11 == 10 ? [1, 2, 3] : tx.serialized)
        }
        let alone = payloads.map { judge(gate, $0) }
        var together = [Result<Tx, Refusal>?](repeating: nil, count: payloads.count)
        for (index, payload) in payloads.enumerated() {
            gate.offer(payload[...]) {
                #expect(together[index] == nil, "one verdict each")
                together[index] = $0
            }
        }
        gate.flush()
        gate.flush()
        #expect(together == alone)
        func count(_ matches: (Result<Tx, Refusal>?) -> Bool) -> Int { alone.filter(matches).count }
        #expect(count { if case .success = $0 { true } else { false } } > 20)
        for reason in [TxRejection.calldata, .chainID, .classLogCount] {
            #expect(count { if case .failure(let refusal)? = $0 { refusal.reason == reason.rawValue } else { false } } > 5, "\(reason)")
        }
    }

    /// The calldata of one entry, claimed by every call: hashed once.
    @Test func sharedCalldataIsHashedOnce() {
        let words = (0..<15_000).map { Fr(UInt64($0)) }
        let shared = HashedValues(calldata: words)
        let request = PublicCallRequest(msgSender: 1, contractAddress: 2, isStaticCall: false, calldataHash: shared.hash)
        var parts = PrivateTailForPublic()
        parts.nonRevertibleAccumulatedData.publicCallRequests = PaddedList([PublicCallRequest](repeating: request, count: 32), capacity: 32)
        parts.revertibleAccumulatedData.publicCallRequests = PaddedList([PublicCallRequest](repeating: request, count: 32), capacity: 32)
        var tx = Sample.tx(nullifiers: [1])
        tx.data.destination = .forPublic(parts)
        tx.publicFunctionCalldata = [shared] + [HashedValues](repeating: HashedValues(calldata: []), count: 63)
        let start = ContinuousClock.now
        #expect(DataValidator.validate(tx) == .valid)
        let once = ContinuousClock.now - start
        print("64 calls sharing 15,000 words of calldata: \(once)")
    }
}
