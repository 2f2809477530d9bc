import Field

extension Tx {
    public var numberOfPublicCalls: Int { data.numberOfPublicCallRequests }
    public var hasPublicCalls: Bool { numberOfPublicCalls > 0 }
    public var gasSettings: GasSettings { data.constants.txContext.gasSettings }

    /// Calldata words of all entries, whether a call uses them or not.
    public var totalPublicCalldataCount: Int { publicFunctionCalldata.reduce(0) { $0 + $1.values.count } }

    /// Calls in the order they run, each with the calldata given under its hash; empty calldata where none is given
    /// (validation finds that).
    public var publicCallRequestsWithCalldata: [PublicCallRequestWithCalldata] { joined(data.publicCallRequests) }
    public var nonRevertiblePublicCallRequestsWithCalldata: [PublicCallRequestWithCalldata] { joined(data.nonRevertiblePublicCallRequests) }
    public var revertiblePublicCallRequestsWithCalldata: [PublicCallRequestWithCalldata] { joined(data.revertiblePublicCallRequests) }
    public var teardownPublicCallRequestWithCalldata: PublicCallRequestWithCalldata? {
        joined(data.teardownPublicCallRequest.map { [$0] } ?? []).first
    }

    private func joined(_ requests: [PublicCallRequest]) -> [PublicCallRequestWithCalldata] {
        let calldata = Dictionary(publicFunctionCalldata.map { ($0.hash, $0.values) }) { _, last in last }
        return requests.map { PublicCallRequestWithCalldata(request: $0, calldata: calldata[$0.calldataHash] ?? []) }
    }
}
