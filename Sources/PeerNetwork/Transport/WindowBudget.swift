/// What receive windows may grow by, in all, over the connections that share it.
public final class WindowBudget {
    public let limit: Int
    public private(set) var used = 0

    public init(limit: Int) { self.limit = limit }

    func take(_ count: Int) -> Bool {
        guard used + count <= limit else { return false }
        used += count
        return true
    }

    func give(_ count: Int) { used -= count }
}
