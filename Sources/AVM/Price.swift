/// What an operation costs, of those that charge at a point of their own.
struct Price {
    var l2: Int64
    var da: Int64 = 0
    var l2PerWord: Int64 = 0
    var daPerWord: Int64 = 0

    /// From the opcode table, by operation.
    private static let table: [Price] = {
        var prices = [Price](repeating: Price(l2: 0), count: Operation.allCases.count)
        for opcode in Opcode.table {
            prices[Int(opcode.operation.rawValue)] = Price(l2: opcode.l2, da: opcode.da, l2PerWord: opcode.l2PerWord, daPerWord: opcode.daPerWord)
        }
        return prices
    }()

    static func of(_ operation: Operation) -> Price { table[Int(operation.rawValue)] }
}
