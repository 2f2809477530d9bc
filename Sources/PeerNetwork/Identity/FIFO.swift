/// First in, first out, in amortised constant time; gives its room back when it is empty.
@frozen public struct FIFO<Element> {
    @usableFromInline var items: [Element?] = []
    @usableFromInline var head = 0

    @inlinable public init() {}

    @inlinable public var count: Int { items.count - head }
    @inlinable public var isEmpty: Bool { head == items.count }
    @inlinable public var first: Element? { isEmpty ? nil : items[head] }

    @inlinable public mutating func append(_ item: Element) { items.append(item) }

    @inlinable public mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let item = items[head]
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: items.capacity <= 64)
            head = 0
        } else if head >= 64, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }

    /// Removes all that fulfil the condition; the others keep their order.
    @inlinable public mutating func removeAll(where condition: (Element) -> Bool) {
        items = items[head...].filter { $0.map { !condition($0) } ?? false }
        head = 0
    }

    @inlinable public func forEach(_ body: (Element) -> Void) {
        for item in items[head...] { if let item { body(item) } }
    }

    @inlinable public mutating func removeAll() {
        items = []
        head = 0
    }
}

extension FIFO: Sendable where Element: Sendable {}
