import Bytes
import Field
import FieldKit
import Protocol
import Testing

@Suite struct KernelTests {
    static func empty(isForPublic: Bool) -> PrivateKernelTailCircuitPublicInputs {
        let constants = TxConstantData(
            historicalHeader: .zero, txContext: TxContext(chainId: .zero, version: .zero, gasSettings: .zero), vkTreeRoot: .zero,
            protocolContractTreeRoot: .zero)
        return PrivateKernelTailCircuitPublicInputs(
            constants: constants, rollupValidationRequests: .init(), gasUsed: .zero, feePayer: .zero,
            destination: isForPublic ? .forPublic(.init()) : .forRollup(.init()))
    }

    // Note 02 §4 gives both hashes.
    @Test func hashesOfZeroInputs() {
        #expect(Self.empty(isForPublic: false).hash().hex == "0x2dd232a09482b13e6a62240d7315746e7d5f885cccc1da71b4526ddeed2ac8dd")
        #expect(Self.empty(isForPublic: true).hash().hex == "0x08080cb3faaf5600e9319728bfcf8c0bef1cd130db197313529d48bad0957dfb")
    }

    @Test func hashesOfMany() {
        var random = KernelRandom(seed: 4)
        let many = (0..<11).map { KernelSamples.data(&random, isForPublic: $0 % 3 != 0) }
        #expect(PrivateKernelTailCircuitPublicInputs.hashes(of: many) == many.map { $0.hash() })
        #expect(PrivateKernelTailCircuitPublicInputs.hashes(of: []).isEmpty)
    }

    @Test(arguments: [false, true]) func sizes(isForPublic: Bool) throws {
        var random = KernelRandom(seed: isForPublic ? 1 : 2)
        for data in [Self.empty(isForPublic: isForPublic), KernelSamples.data(&random, isForPublic: isForPublic)] {
            #expect(data.serialized.count == (isForPublic ? 54_155 : 24_422))
            #expect(data.hashedFields.count == (isForPublic ? 1_844 : 813))
            #expect(try PrivateKernelTailCircuitPublicInputs(exactly: data.serialized) == data)
        }
        #expect(PrivateToRollupAccumulatedData().serialized.count == PrivateToRollupAccumulatedData.byteCount)
        #expect(PrivateToPublicAccumulatedData().serialized.count == PrivateToPublicAccumulatedData.byteCount)
    }

    @Test func everyMemberIsHashed() {
        var random = KernelRandom(seed: 3)
        let data = KernelSamples.data(&random, isForPublic: true)
        var seen: Set<Fr> = [data.hash()]
        func expectNew(_ change: (inout PrivateKernelTailCircuitPublicInputs) -> Void) {
            var changed = data
            change(&changed)
            #expect(seen.insert(changed.hash()).inserted)
        }
        expectNew { $0.feePayer = AztecAddress(UInt64(1)) }
        expectNew { $0.gasUsed.daGas &+= 1 }
        expectNew { $0.rollupValidationRequests.maxBlockNumber.isSome = false }
        expectNew { $0.constants.vkTreeRoot = 1 }
        expectNew { $0.constants.txContext.gasSettings.maxPriorityFeesPerGas.feePerL2Gas = 7 }
        expectNew { data in
            guard case .forPublic(var parts) = data.destination else { return }
            parts.revertibleAccumulatedData.publicCallRequests[31] = .init(msgSender: .zero, contractAddress: .zero, isStaticCall: true, calldataHash: .zero)
            data.destination = .forPublic(parts)
        }
        expectNew { data in
            guard case .forPublic(var parts) = data.destination else { return }
            swap(&parts.revertibleAccumulatedData, &parts.nonRevertibleAccumulatedData)
            data.destination = .forPublic(parts)
        }
    }

    @Test func callsComeInOrder() {
        var random = KernelRandom(seed: 4)
        var tx = KernelSamples.tx(&random, isForPublic: true)
        let calldata = HashedValues(calldata: [1, 2, 3])
        var parts = PrivateTailForPublic()
        func request(_ sender: UInt64) -> PublicCallRequest {
            PublicCallRequest(msgSender: AztecAddress(sender), contractAddress: .zero, isStaticCall: false, calldataHash: sender == 2 ? calldata.hash : .zero)
        }
        parts.nonRevertibleAccumulatedData.publicCallRequests = PaddedList([request(1)], capacity: 32)
        parts.revertibleAccumulatedData.publicCallRequests = PaddedList([request(2), request(3)], capacity: 32)
        parts.publicTeardownCallRequest = request(4)
        tx.data.destination = .forPublic(parts)
        tx.publicFunctionCalldata = [calldata]
        let calls = tx.publicCallRequestsWithCalldata
        #expect(calls.map(\.request.msgSender) == [1, 2, 3, 4].map { AztecAddress(UInt64($0)) })
        #expect(calls.map(\.calldata) == [[], [1, 2, 3], [], []])
        #expect(calls[1].selector == FunctionSelector(UInt32(1)))
        #expect(tx.numberOfPublicCalls == 4)
        #expect(tx.teardownPublicCallRequestWithCalldata?.request.msgSender == AztecAddress(UInt64(4)))
    }

    @Test func gapsAreNotWellFormed() {
        var data = Self.empty(isForPublic: false)
        var end = PrivateToRollupAccumulatedData()
        end.nullifiers = PaddedList([1, 2], capacity: 64)
        data.destination = .forRollup(end)
        #expect(data.isWellFormed)
        end.nullifiers = PaddedList([1, 0, 2], capacity: 64)
        data.destination = .forRollup(end)
        #expect(!data.isWellFormed)
        #expect(data.nonEmptyNullifiers == [1, 2])
        var parts = PrivateTailForPublic()
        parts.nonRevertibleAccumulatedData.effects.noteHashes = PaddedList(Array(repeating: 1, count: 40), capacity: 64)
        parts.revertibleAccumulatedData.effects.noteHashes = PaddedList(Array(repeating: 1, count: 25), capacity: 64)
        data.destination = .forPublic(parts)
        #expect(!data.isWellFormed)
    }

    @Test func classLogsAreMatchedByHash() {
        var random = KernelRandom(seed: 5)
        var tx = KernelSamples.tx(&random, isForPublic: true)
        let mine = ContractClassLogFields([5, 6, 7]), other = ContractClassLogFields([9])
        var parts = PrivateTailForPublic()
        parts.revertibleAccumulatedData.effects.contractClassLogsHashes = PaddedList(
            [ScopedLogHash(logHash: LogHash(value: mine.hash(), length: 3), contractAddress: AztecAddress(UInt64(3)))], capacity: 1)
        tx.data.destination = .forPublic(parts)
        tx.contractClassLogs = [other, mine]
        #expect(tx.contractClassLogs(revertible: false, siloed: false).isEmpty)
        let plain = tx.contractClassLogs(revertible: true, siloed: false)
        #expect(plain == [ContractClassLog(contractAddress: AztecAddress(UInt64(3)), fields: mine, emittedLength: 3)])
        let siloed = tx.contractClassLogs(revertible: true, siloed: true)
        #expect(siloed.first?.fields[0] != 5 && siloed.first?.fields[1] == 6)
    }
}
