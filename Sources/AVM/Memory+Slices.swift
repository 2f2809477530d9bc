internal import Field

/// Rows of cells. Every function takes rows within memory: `requireSlice` comes first.
extension Memory {
    static let cellCount: UInt64 = 1 << 32

    /// Halts unless `count` cells from `address` on are within memory.
    @inline(__always)
    static func requireSlice(_ address: UInt32, _ count: UInt64) throws(AVMFault) {
        if UInt64(address) + count > cellCount { throw .halt(.sliceOutOfRange(base: UInt64(address), size: count)) }
    }

    /// The cells from `address` on that lie side by side, at most `limit`.
    @inline(__always)
    func run(_ address: UInt32, limit: Int) -> UnsafeBufferPointer<Cell> {
        UnsafeBufferPointer(start: reading(address), count: min(limit, length(address)))
    }

    @inline(__always)
    mutating func writableRun(_ address: UInt32, limit: Int) throws(AVMFault) -> UnsafeMutableBufferPointer<Cell> {
        let start = try writing(address)
        return UnsafeMutableBufferPointer(start: start, count: min(limit, length(address)))
    }

    @inline(__always)
    private func length(_ address: UInt32) -> Int {
        if address < 1 << 16, directory[Int(address >> 6)] != nil { return CellPool.chunkCells - Int(address & 63) }
        return CellPool.pageCells - Int(address & 3)
    }

    /// Halts at the first of `count` cells that does not have `tag`.
    func requireTag(_ tag: Tag, _ address: UInt32, count: Int) throws(AVMFault) {
        var done = 0
        while done < count {
            let run = run(address &+ UInt32(done), limit: count - done)
            for (offset, cell) in run.enumerated() where cell.tag.visible != tag {
                throw .halt(.tagMismatch(at: address &+ UInt32(done + offset), got: cell.tag, expected: tag))
            }
            done += run.count
        }
    }

    /// The integers of `count` cells as field elements, whatever their tags. Fatal when one is negative.
    func fields(_ address: UInt32, count: Int) throws(AVMFault) -> [Fr] {
        var negatives: [NegativeWord] = []
        let fields = fields(address, count: count, &negatives)
        if let first = negatives.first { throw .negativeField(first.cell) }
        return fields
    }

    /// The same with zeros for negative ones, of which the first few are noted.
    func fields(_ address: UInt32, count: Int, _ negatives: inout [NegativeWord]) -> [Fr] {
        var done = 0
        var found: [NegativeWord] = []
        let fields = [Fr](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let run = run(address &+ UInt32(done), limit: count - done)
                for (offset, cell) in run.enumerated() {
                    if cell.tag == .negativeField, found.count <= NegativeWord.limit { found.append(NegativeWord(index: done + offset, cell: cell)) }
                    (buffer.baseAddress! + done + offset).initialize(to: cell.field ?? .zero)
                }
                done += run.count
            }
            initialized = count
        }
        negatives = found
        return fields
    }

    /// Writes `source[start...]` from `address` on, then FIELD zeros, `count` cells in all.
    mutating func copy(_ source: [Fr], from start: Int, to address: UInt32, count: Int) throws(AVMFault) {
        var done = 0
        while done < count {
            let run = try writableRun(address &+ UInt32(done), limit: count - done)
            for offset in 0..<run.count {
                let index = start + done + offset
                run[offset] = index < source.count ? Cell(source[index]) : .zero
            }
            done += run.count
        }
    }

    /// The first address from `address` on whose cell is not a FIELD. Looks at what the frame wrote only.
    func firstNonField(from address: UInt32) -> (address: UInt32, tag: Tag)? {
        var found: (address: UInt32, tag: Tag)?
        func look(_ cells: UnsafePointer<Cell>, _ count: Int, _ first: UInt32) {
            for offset in 0..<count where first + UInt32(offset) >= address && !cells[offset].tag.isField {
                if found.map({ first + UInt32(offset) < $0.address }) ?? true { found = (first + UInt32(offset), cells[offset].tag) }
                return
            }
        }
        let pool = pool.pointee
        for chunk in firstChunk..<pool.chunksUsed {
            look(pool.chunks + chunk * CellPool.chunkCells, CellPool.chunkCells, UInt32(pool.chunkNumbers[chunk]) << 6)
        }
        for page in firstPage..<pool.pagesUsed {
            look(pool.pages + page * CellPool.pageCells, CellPool.pageCells, pool.pageNumbers[page] << 2)
        }
        return found
    }
}
