public import JSON

/// Where a tx stands.
public enum TxStatus: String, Hashable, Sendable, CaseIterable {
    case dropped
    case pending
    case success
    case appLogicReverted = "app_logic_reverted"
    case teardownReverted = "teardown_reverted"
    case bothReverted = "both_reverted"

    /// Status of a mined tx.
    public init(_ revertCode: RevertCode) {
        switch revertCode {
        case .ok: self = .success
        case .appLogicReverted: self = .appLogicReverted
        case .teardownReverted: self = .teardownReverted
        case .bothReverted: self = .bothReverted
        }
    }
}

extension TxStatus: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(rawValue) }
    public init(json: JSONElement) throws(JSONError) {
        guard let status = json.string.flatMap(TxStatus.init(rawValue:)) else { throw JSONError("a tx status is expected", at: json) }
        self = status
    }
}
