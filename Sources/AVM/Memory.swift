/// The 2^32 cells of one frame («note 03 §2»). What was never written reads as FIELD 0.
struct Memory {
    let pool: UnsafeMutablePointer<CellPool>
    /// By address / 64, for addresses below 2^16: the chunk, the chunk of zeros, or nil when the cells are in pages.
    let directory: ChunkDirectory
    let zeroChunk: UnsafeMutablePointer<Cell>
    private let pages: UnsafeMutablePointer<Cell>
    /// Marks of the pool when the frame began; what follows them is the frame's.
    let firstChunk: Int
    let firstPage: Int
    private var table: PageTable

    /// `pool` outlives it. The frame is the newest until `release`.
    init(_ pool: UnsafeMutablePointer<CellPool>) {
        self.pool = pool
        directory = pool.pointee.takeDirectory()
        zeroChunk = pool.pointee.zeroChunk
        pages = pool.pointee.pages
        firstChunk = pool.pointee.chunksUsed
        firstPage = pool.pointee.pagesUsed
        table = PageTable(seed: pool.pointee.seed)
    }

    /// Gives everything back. Precondition: it is the newest frame.
    mutating func release() {
        for chunk in firstChunk..<pool.pointee.chunksUsed { directory[Int(pool.pointee.chunkNumbers[chunk])] = zeroChunk }
        if pool.pointee.chunksUsed == CellPool.chunkCount {
            for page in firstPage..<pool.pointee.pagesUsed where pool.pointee.pageNumbers[page] < Self.lowPages {
                directory[Int(pool.pointee.pageNumbers[page]) / Self.pagesPerChunk] = zeroChunk
            }
        }
        pool.pointee.giveBack(chunks: firstChunk, pages: firstPage)
        table.release()
        pool.pointee.giveBack(directory)
    }

    private static let pagesPerChunk = CellPool.chunkCells / CellPool.pageCells
    private static let lowPages = (1 << 16) / CellPool.pageCells

    // MARK: One cell

    @inline(__always)
    subscript(address: UInt32) -> Cell { reading(address).pointee }

    /// Where the cell can be read, until the next write.
    @inline(__always)
    func reading(_ address: UInt32) -> UnsafePointer<Cell> {
        if address < 1 << 16, let chunk = directory[Int(address >> 6)] { return UnsafePointer(chunk + Int(address & 63)) }
        return readingPage(address)
    }

    private func readingPage(_ address: UInt32) -> UnsafePointer<Cell> {
        let offset = Int(address & 3)
        guard let index = table.find(address >> 2) else { return UnsafePointer(zeroChunk + offset) }
        return UnsafePointer(pages + Int(index) * CellPool.pageCells + offset)
    }

    @inline(__always)
    mutating func set(_ address: UInt32, _ cell: Cell) throws(AVMFault) { try writing(address).pointee = cell }

    /// Where the cell can be written.
    @inline(__always)
    mutating func writing(_ address: UInt32) throws(AVMFault) -> UnsafeMutablePointer<Cell> {
        if address < 1 << 16, let chunk = directory[Int(address >> 6)], chunk != zeroChunk { return chunk + Int(address & 63) }
        return try makingWritable(address)
    }

    @inline(never)
    private mutating func makingWritable(_ address: UInt32) throws(AVMFault) -> UnsafeMutablePointer<Cell> {
        if address < 1 << 16 {
            let number = Int(address >> 6)
            if directory[number] != nil, let chunk = pool.pointee.takeChunk(number: number) {
                directory[number] = chunk
                return chunk + Int(address & 63)
            }
        }
        let number = address >> 2
        let offset = Int(address & 3)
        if let index = table.find(number) { return pages + Int(index) * CellPool.pageCells + offset }
        guard let index = pool.pointee.takePage(number: number) else {
            throw .fatal("the program wrote more than \(CellPool.pageCount * CellPool.pageCells) cells")
        }
        table.insert(number, index)
        if address < 1 << 16 { directory[Int(address >> 6)] = nil }
        return pages + Int(index) * CellPool.pageCells + offset
    }
}
