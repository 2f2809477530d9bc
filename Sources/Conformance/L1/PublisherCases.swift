import Blobs
import Bytes
import ConformanceKit
import JSON
import L1
import Protocol
import Signatures

/// Prices, transactions, accounts and proposers.
enum PublisherCases {
    static func gasPrices(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for (index, entry) in root["cases"]!.elements.enumerated() {
            let rules = rules(root["defaults"], entry["config"])
            guard let network = entry["network"], let base = network["baseFeePerGas"]?.wideNumber, let blob = network["blobBaseFee"]?.wideNumber,
                  let priority = network["maxPriorityFeePerGas"]?.wideNumber, let isBlob = entry["isBlobTx"]?.bool else {
                report.fail(file: file, case: "\(index)", expected: "a readable case", got: "none")
                continue
            }
            let market = GasMarket(baseFeePerGas: base, blobBaseFee: blob, maxPriorityFeePerGas: priority)
            var previous: GasPrice?
            for step in entry["sequence"]?.elements.map({ $0 }) ?? [] {
                let attempt = step["attempt"]?.int ?? 0
                let price = GasPrice(market, rules: rules, isBlobTransaction: isBlob, attempt: attempt, previous: previous)
                let expected = GasPrice(
                    maxFeePerGas: step["maxFeePerGas"]?.wideNumber ?? 0, maxPriorityFeePerGas: step["maxPriorityFeePerGas"]?.wideNumber ?? 0,
                    maxFeePerBlobGas: step["maxFeePerBlobGas"]?.wideNumber)
                report.check(file: file, case: "\(index) attempt \(attempt)", expected: expected, got: price)
                previous = expected
            }
            if let limit = entry["gasLimit"]?.number, let bumped = entry["bumpedGasLimit"]?.number {
                report.check(file: file, case: "\(index) gas limit", expected: bumped, got: rules.bumped(gasLimit: limit))
            }
        }
    }

    static func rules(_ defaults: JSONElement?, _ config: JSONElement?) -> GasPriceRules {
        var rules = GasPriceRules()
        for source in [defaults, config] {
            if let value = source?["gasLimitBufferPercentage"]?.number { rules.gasLimitBufferPercentage = value }
            if let value = source?["maxGwei"]?.number { rules.maxGwei = value }
            if let value = source?["maxBlobGwei"]?.number { rules.maxBlobGwei = value }
            if let value = source?["priorityFeeBumpPercentage"]?.number { rules.priorityFeeBumpPercentage = value }
            if let value = source?["priorityFeeRetryBumpPercentage"]?.number { rules.priorityFeeRetryBumpPercentage = value }
            if let gwei = source?["fixedPriorityFeePerGas"], let value = gwei.double ?? gwei.string.flatMap({ Double($0) }) {
                rules.fixedPriorityFeePerGas = UInt128((value * 1e9).rounded())
            }
            if let value = source?["stallTimeMs"]?.number { rules.stallTimeMs = value }
        }
        return rules
    }

    static func transactions(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        var kzg: KZG?
        for (index, entry) in root["cases"]!.elements.enumerated() {
            do {
                guard let network = entry["network"], let request = entry["request"], let to = request.hex("to").flatMap({ EthAddress($0) }),
                      let data = request.hex("data"), let key = entry.hex("privateKey"), let chain = entry["chainId"]?.number,
                      let nonce = network["nonce"]?.number, let base = network["base"]?.wideNumber, let blobFee = network["blob"]?.wideNumber,
                      let priority = network["prio"]?.wideNumber, let raw = entry.hex("raw") else {
                    report.fail(file: file, case: "\(index)", expected: "a readable case", got: "none")
                    continue
                }
                var blobs: [Blob] = []
                for first in entry["blobFirstFields"]?.elements.map({ $0 }) ?? [] {
                    let start = first.bytesOfHex ?? []
                    blobs.append(try Blob(bytes: start + [UInt8](repeating: 0, count: max(0, Blob.byteCount - start.count))))
                }
                let rules = rules(root["defaults"], entry["config"])
                let price = GasPrice(
                    GasMarket(baseFeePerGas: base, blobBaseFee: blobFee, maxPriorityFeePerGas: priority), rules: rules, isBlobTransaction: !blobs.isEmpty,
                    attempt: 0, previous: nil)
                let limit = entry["gasLimitGiven"]?.number ?? rules.bumped(gasLimit: network["est"]?.number ?? 0)
                var sidecar: TransactionSidecar?
                if !blobs.isEmpty {
                    if kzg == nil { kzg = try KZG() }
                    sidecar = try TransactionSidecar(blobs, kzg: kzg!)
                }
                let signed = try L1TransactionRequest(chainID: chain, nonce: nonce, price: price, gasLimit: limit, to: to, data: data, sidecar: sidecar)
                    .signed(Secp256k1.PrivateKey(key))
                report.check(file: file, case: "\(index) gas limit", expected: entry["result"]?["gasLimit"]?.number ?? 0, got: limit)
                report.check(file: file, case: "\(index) hash", expected: entry["txHash"]?.string ?? "", got: signed.hash.hex)
                report.check(file: file, case: "\(index) canonical form", expected: entry["withoutSidecar"]?.string ?? "", got: signed.canonical.hex)
                report.check(file: file, case: "\(index) raw form", expected: true, got: signed.raw == raw)
            } catch {
                report.fail(file: file, case: "\(index)", expected: "a signed transaction", got: "\(error)")
            }
        }
    }

    static func accounts(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for (index, entry) in root["cases"]!.elements.enumerated() {
            guard let key = entry.hex("privateKey"), let digest = try? Secp256k1.PrivateKey(key).sign(digest: [UInt8](repeating: 7, count: 32)),
                  let address = try? Secp256k1.recoverAddress(digest: [UInt8](repeating: 7, count: 32), r: digest.r, s: digest.s, v: UInt64(digest.v)) else {
                report.fail(file: file, case: "\(index)", expected: "a usable key", got: "refusal")
                continue
            }
            report.check(file: file, case: "\(index) address", expected: entry["address"]?.string?.lowercased() ?? "", got: address.hex)
        }
        report.skip("derivation of keys from a mnemonic (signer, later)", count: root["cases"]!.count)
    }

    static func proposers(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for (index, entry) in root["cases"]!.elements.enumerated() {
            guard let epoch = entry["epoch"]?.string.flatMap({ UInt256($0) }), let slot = entry["slot"]?.string.flatMap({ UInt256($0) }),
                  let seed = entry["seed"]?.string.flatMap({ UInt256($0) }), let size = entry["size"]?.number else {
                report.fail(file: file, case: "\(index)", expected: "a readable case", got: "none")
                continue
            }
            report.check(file: file, case: "\(index) encoding", expected: entry["encoding"]?.string ?? "", got: ProposerSelection.encoding(epoch: epoch, slot: slot, seed: seed).hex)
            report.check(
                file: file, case: "\(index) index", expected: entry["index"]?.number,
                got: ProposerSelection.index(epoch: epoch, slot: slot, seed: seed, committeeSize: size))
        }
    }
}
