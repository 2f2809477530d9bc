// Txs and what is in them, consensus objects, receipts and the types of the node's JSON interface.
extension TypesConformance {
    static let transactionEntries: [TypeEntry] = []
    static let transactionFiles: [String: SpecialCheck] = [:]
}
