/// The 2^32 cells of one frame («note 03 §2»). What was never written reads as FIELD 0.
struct Memory {
    let pool: Unmanaged<MemoryPool>
    /// By address / 64, for addresses below 2^16: the chunk, the chunk of zeros, or nil when the cells are in pages.
    let directory: UnsafeMutablePointer<UnsafeMutablePointer<Cell>?>
    let zeroChunk: UnsafeMutablePointer<Cell>
    /// Holds nothing.
    let emptyDirectory: UnsafeMutablePointer<UnsafeMutablePointer<Cell>?>
    /// Marks of the pool when the frame began; what follows them is the frame's.
    let firstChunk: Int
    let firstPage: Int
    private var table = PageTable()

    /// `pool` outlives it. The frame is the newest until `release`.
    init(_ pool: MemoryPool) {
        self.pool = .passUnretained(pool)
        directory = pool.takeDirectory()
        zeroChunk = pool.zeroChunk
        emptyDirectory = pool.emptyDirectory
        firstChunk = pool.chunksUsed
        firstPage = pool.pagesUsed
    }

    /// Gives everything back. Precondition: it is the newest frame.
    mutating func release() {
        let pool = pool.takeUnretainedValue()
        for chunk in firstChunk..<pool.chunksUsed { directory[Int(pool.chunkNumbers[chunk])] = zeroChunk }
        if table.count > 0 {
            for page in firstPage..<pool.pagesUsed where pool.pageNumbers[page] < Memory.lowPages {
                directory[Int(pool.pageNumbers[page]) / Memory.pagesPerChunk] = zeroChunk
            }
        }
        pool.giveBack(chunks: firstChunk, pages: firstPage)
        table.release()
        pool.giveBack(directory)
    }

    private static let pagesPerChunk = MemoryPool.chunkCells / MemoryPool.pageCells
    private static let lowPages = (1 << 16) / MemoryPool.pageCells

    // MARK: One cell

    @inline(__always)
    subscript(address: UInt32) -> Cell { reading(address).pointee }

    /// Where the cell can be read, until the next write.
    @inline(__always)
    func reading(_ address: UInt32) -> UnsafePointer<Cell> {
        if address < 1 << 16, let chunk = directory[Int(address >> 6)] { return UnsafePointer(chunk + Int(address & 63)) }
        return readingPage(address)
    }

    @inline(never)
    private func readingPage(_ address: UInt32) -> UnsafePointer<Cell> {
        let offset = Int(address & 3)
        guard let index = table.find(address >> 2) else { return UnsafePointer(zeroChunk + offset) }
        return pool._withUnsafeGuaranteedRef { UnsafePointer($0.pages + Int(index) * MemoryPool.pageCells + offset) }
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
        let pool = pool.takeUnretainedValue()
        if address < 1 << 16 {
            let number = Int(address >> 6)
            if directory[number] != nil {
                if let chunk = pool.takeChunk(number: number) {
                    directory[number] = chunk
                    return chunk + Int(address & 63)
                }
            }
        }
        let number = address >> 2
        let offset = Int(address & 3)
        if let index = table.find(number) { return pool.pages + Int(index) * MemoryPool.pageCells + offset }
        guard let (page, index) = pool.takePage(number: number) else {
            throw .fatal("the program wrote more than \(MemoryPool.pageCount * MemoryPool.pageCells) cells")
        }
        table.insert(number, index)
        if address < 1 << 16 { directory[Int(address >> 6)] = nil }
        return page + offset
    }
}
