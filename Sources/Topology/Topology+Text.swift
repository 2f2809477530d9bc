internal import IPC

extension Topology {
    /// What `aztec topology` prints: workers, links, memory, and where the counts come from.
    public var text: String {
        var out = "cores: \(cores.count) usable (\(cores.allowed) in the affinity mask"
        if let quota = cores.quota { out += ", quota worth \((quota * 100).rounded() / 100)" }
        out += "), \(reservedCores) reserved\n\nworkers\n"
        var table = [["", "kind", "count", "room", "reads", "writes", "stops", "for"]]
        for kind in orderedKinds {
            let slots = workers.filter { $0.kind.name == kind.name }
            let reads = unique(slots.flatMap(\.inputs).map(base))
            let writes = unique(links.filter { workers[$0.producer].kind.name == kind.name }.map { base($0.name) })
            table.append([
                "", kind.name, "\(slots.filter(\.isActive).count)", "\(slots.count)", reads.isEmpty ? "–" : reads.joined(separator: " "), writes.isEmpty ? "–" : writes.joined(separator: " "),
                "\(kind.stopOrder) (≤ \(kind.stopSeconds) s)", kind.function,
            ])
        }
        out += Self.aligned(table) + "\nlinks\n"
        var rows = [["", "link", "producer", "consumers", "carries", "depth", "mtu", "burst", "memory"]]
        for link in links {
            let active = link.consumers.filter { workers[$0.slot].isActive }
            let consumers = active.map { workers[$0.slot].name + ($0.isReliable ? " (reliable)" : " (unreliable)") }
            rows.append([
                "", link.name, workers[link.producer].name, consumers.isEmpty ? "–" : consumers.joined(separator: ", "), link.declaration.carries,
                "\(link.shape.depth)", "\(link.shape.mtu)", "\(link.shape.burst)", "\(link.shape.bytes / 1024) KiB",
            ])
        }
        return out + Self.aligned(rows)
    }

    private var orderedKinds: [KindDeclaration] {
        var seen = Set<String>()
        return workers.map(\.kind).filter { seen.insert($0.name).inserted }
    }

    private func base(_ link: String) -> String { String(link.prefix { $0 != "." }) }

    private func unique(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }

    /// Columns of equal width, two blanks apart.
    public static func aligned(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        var out = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() { line += cell + String(repeating: " ", count: widths[column] - cell.count + 2) }
            while line.last == " " { line.removeLast() }
            out += line + "\n"
        }
        return out
    }
}
