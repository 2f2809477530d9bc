/// First in, first out, in amortised constant time.
struct FIFO<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { head == items.count }
    var first: Element? { isEmpty ? nil : items[head] }

    mutating func append(_ item: Element) { items.append(item) }

    mutating func removeFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            items[head] = nil
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: items.capacity <= 64)
                head = 0
            } else if head >= 64, head * 2 >= items.count {
                items.removeFirst(head)
                head = 0
            }
        }
        return items[head]
    }

    /// Removes all that fulfil the condition; the others keep their order.
    mutating func removeAll(where condition: (Element) -> Bool) {
        items = items[head...].filter { $0.map { !condition($0) } ?? false }
        head = 0
    }

    func forEach(_ body: (Element) -> Void) {
        for item in items[head...] { if let item { body(item) } }
    }

    mutating func removeAll() {
        items = []
        head = 0
    }
}
