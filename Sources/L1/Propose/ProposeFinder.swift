import Bytes
import Protocol

/// Finds the `propose` call inside a transaction (note 05 §10, «Tx decoding»).
///
/// The reference reads `forward(to[],data[])` alone and stalls at anything else. Here direct calls and the multicall
/// bundles are taken apart too, and in any other wrapper the call is looked for by its selector: a caller accepts one
/// of the finds only when it fits the block's event.
public struct ProposeFinder: Sendable {
    /// How the call was wrapped.
    public enum Wrapping: Hashable, Sendable {
        case forwarder, direct, multicall
        /// Found by its selector in calldata of unknown shape.
        case embedded
    }

    public struct Find: Hashable, Sendable {
        public var wrapping: Wrapping
        public var arguments: ProposeArguments
    }

    static let maximumNesting = 3
    static let maximumFinds = 16

    public var rollup: EthAddress

    public init(rollup: EthAddress) { self.rollup = rollup }

    /// All readable calls of the rollup's `propose` in the transaction, in order. Empty: there is none.
    public func finds(to: EthAddress?, input: [UInt8]) -> [Find] {
        var finds: [Find] = []
        if !collect(to: to, input[...], wrapping: .direct, depth: 0, into: &finds) { scan(input, into: &finds) }
        return finds
    }

    /// Whether the calldata's outer shape was understood.
    private func collect(to: EthAddress?, _ input: ArraySlice<UInt8>, wrapping: Wrapping, depth: Int, into finds: inout [Find]) -> Bool {
        guard input.count >= 4, finds.count < Self.maximumFinds else { return false }
        if input.starts(with: RollupFunctions.propose.selector) {
            // Another contract's function may have the same selector; then it is not ours.
            if let to, to != rollup { return true }
            if let arguments = try? ProposeArguments(calldata: input) { finds.append(Find(wrapping: wrapping, arguments: arguments)) }
            return true
        }
        guard depth < Self.maximumNesting, let (calls, kind) = Self.bundle(input) else { return false }
        for call in calls {
            // Inside a bundle only calls of the rollup count, or bundles again.
            if call.to == rollup {
                _ = collect(to: rollup, call.data[...], wrapping: kind, depth: depth + 1, into: &finds)
            } else if !call.data.starts(with: RollupFunctions.propose.selector) {
                _ = collect(to: call.to, call.data[...], wrapping: kind, depth: depth + 1, into: &finds)
            }
        }
        return true
    }

    private static func bundle(_ input: ArraySlice<UInt8>) -> (calls: [(to: EthAddress, data: [UInt8])], kind: Wrapping)? {
        func address(_ value: ABIValue) -> EthAddress? { value.bytes.flatMap { EthAddress($0) } }
        func structures(_ function: ABIFunction, list: Int, data: Int) -> [(to: EthAddress, data: [UInt8])]? {
            guard let values = try? function.decodeArguments(input), let entries = values[list].list else { return nil }
            return entries.compactMap { entry in
                guard let members = entry.list, let to = address(members[0]), let bytes = members[data].bytes else { return nil }
                return (to, bytes)
            }
        }
        switch Array(input.prefix(4)) {
        case ForwarderFunctions.forward.selector:
            guard let values = try? ForwarderFunctions.forward.decodeArguments(input), let targets = values[0].list, let data = values[1].list else { return nil }
            return (zip(targets, data).compactMap { target, data in
                guard let to = address(target), let bytes = data.bytes else { return nil }
                return (to, bytes)
            }, .forwarder)
        case BundlerFunctions.aggregate3.selector: return structures(BundlerFunctions.aggregate3, list: 0, data: 2).map { ($0, .multicall) }
        case BundlerFunctions.aggregate3Value.selector: return structures(BundlerFunctions.aggregate3Value, list: 0, data: 3).map { ($0, .multicall) }
        case BundlerFunctions.aggregate.selector: return structures(BundlerFunctions.aggregate, list: 0, data: 1).map { ($0, .multicall) }
        case BundlerFunctions.blockAndAggregate.selector: return structures(BundlerFunctions.blockAndAggregate, list: 0, data: 1).map { ($0, .multicall) }
        case BundlerFunctions.tryAggregate.selector: return structures(BundlerFunctions.tryAggregate, list: 1, data: 1).map { ($0, .multicall) }
        case BundlerFunctions.tryBlockAndAggregate.selector:
            return structures(BundlerFunctions.tryBlockAndAggregate, list: 1, data: 1).map { ($0, .multicall) }
        default: return nil
        }
    }

    /// Tries every place where the selector stands.
    private func scan(_ input: [UInt8], into finds: inout [Find]) {
        let selector = RollupFunctions.propose.selector
        guard input.count > 4 else { return }
        for at in 1...(input.count - 4) where input[at] == selector[0] && input[at..<(at + 4)].elementsEqual(selector) {
            guard finds.count < Self.maximumFinds else { return }
            if let arguments = try? ProposeArguments(calldata: input[at...]) { finds.append(Find(wrapping: .embedded, arguments: arguments)) }
        }
    }
}
