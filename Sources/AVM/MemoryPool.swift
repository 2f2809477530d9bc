internal import Glibc

typealias ChunkDirectory = UnsafeMutablePointer<UnsafeMutablePointer<Cell>?>

/// Cells for the memories of all open frames. Only the newest frame ever takes new ones, and a frame gives back all of
/// its own when it ends, so each kind is one region with a mark, and giving back is moving the mark.
///
/// * **Chunks** of 64 cells for addresses below 2^16, where compiled programs keep nearly everything. There are few:
///   a program could take one for 9 gas, 2,560 bytes.
/// * **Pages** of 4 cells for all other addresses, and for low ones once the chunks are gone. A cell costs a program at
///   least 9 gas, or 3 in a row of them: 6 million gas cannot take more than `pageCount`. Only SUCCESSCOPY is free,
///   and a program that lives on it is dropped at that point (the reference is at its end some time later too).
///
/// The regions are address space; the system hands out memory when it is touched.
final class MemoryPool {
    let state: UnsafeMutablePointer<CellPool>

    init() {
        state = .allocate(capacity: 1)
        state.initialize(to: CellPool())
    }

    deinit {
        state.pointee.unmap()
        state.deinitialize(count: 1)
        state.deallocate()
    }
}

/// What a `MemoryPool` owns; frames reach it by a pointer.
struct CellPool {
    static let chunkCells = 64
    static let chunkCount = 8192
    static let pageCells = 4
    static let pageCount = 690_000

    let chunks: UnsafeMutablePointer<Cell>
    let pages: UnsafeMutablePointer<Cell>
    /// By chunk: its number, address / 64. By page: address / 4.
    let chunkNumbers: UnsafeMutablePointer<UInt16>
    let pageNumbers: UnsafeMutablePointer<UInt32>
    /// Reads as FIELD 0; never written.
    let zeroChunk: UnsafeMutablePointer<Cell>
    /// A directory without any chunk; never written.
    let emptyDirectory: ChunkDirectory
    /// Of the frames' page tables: no program can choose addresses that collide.
    let seed: UInt64 = .random(in: 0...UInt64.max)

    private(set) var chunksUsed = 0
    private(set) var pagesUsed = 0
    /// Most pages in use since the last `trim`.
    private var highestPage = 0
    /// Most memory in use at a time.
    var peakByteCount = 0
    /// Directories of frames that have ended, clean.
    private var directories: [ChunkDirectory] = []

    private let base: UnsafeMutableRawPointer
    private static let chunkBytes = chunkCount * chunkCells * MemoryLayout<Cell>.stride
    private static let pageBytes = pageCount * pageCells * MemoryLayout<Cell>.stride
    private static let zeroBytes = chunkCells * MemoryLayout<Cell>.stride
    private static let totalBytes = chunkBytes + pageBytes + zeroBytes
        + pageCount * MemoryLayout<UInt32>.stride + chunkCount * MemoryLayout<UInt16>.stride
    /// What stays with us between calls.
    private static let keptPageBytes = 4 << 20

    fileprivate init() {
        let mapped = mmap(nil, Self.totalBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { preconditionFailure("no address space for the memory of programs") }
        // A program that takes much takes it page after page: large ones save it most of the faults.
        madvise(mapped, Self.pageBytes, MADV_HUGEPAGE)
        base = mapped
        var position = mapped
        func take<T>(_ count: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
            defer { position += count * MemoryLayout<T>.stride }
            return position.bindMemory(to: type, capacity: count)
        }
        pages = take(Self.pageCount * Self.pageCells, Cell.self)
        chunks = take(Self.chunkCount * Self.chunkCells, Cell.self)
        zeroChunk = take(Self.chunkCells, Cell.self)
        pageNumbers = take(Self.pageCount, UInt32.self)
        chunkNumbers = take(Self.chunkCount, UInt16.self)
        emptyDirectory = .allocate(capacity: Self.directoryCount)
        emptyDirectory.initialize(repeating: nil, count: Self.directoryCount)
    }

    fileprivate func unmap() {
        munmap(base, Self.totalBytes)
        emptyDirectory.deallocate()
        directories.forEach { $0.deallocate() }
    }

    /// An empty chunk, or nil when there is none left.
    mutating func takeChunk(number: Int) -> UnsafeMutablePointer<Cell>? {
        guard chunksUsed < Self.chunkCount else { return nil }
        let chunk = chunks + chunksUsed * Self.chunkCells
        memset(chunk, 0, Self.zeroBytes)
        chunkNumbers[chunksUsed] = UInt16(number)
        chunksUsed += 1
        return chunk
    }

    /// The index of an empty page, or nil when there is none left.
    mutating func takePage(number: UInt32) -> UInt32? {
        guard pagesUsed < Self.pageCount else { return nil }
        memset(pages + pagesUsed * Self.pageCells, 0, Self.pageCells * MemoryLayout<Cell>.stride)
        pageNumbers[pagesUsed] = number
        pagesUsed += 1
        return UInt32(pagesUsed - 1)
    }

    /// A frame gives back what it took after the marks.
    mutating func giveBack(chunks: Int, pages: Int) {
        highestPage = max(highestPage, pagesUsed)
        peakByteCount = max(
            peakByteCount, (chunksUsed * Self.chunkCells + pagesUsed * Self.pageCells) * MemoryLayout<Cell>.stride)
        chunksUsed = chunks
        pagesUsed = pages
    }

    static let directoryCount = (1 << 16) / chunkCells

    /// A directory in which every entry is the chunk of zeros.
    mutating func takeDirectory() -> ChunkDirectory {
        if let directory = directories.popLast() { return directory }
        let directory = ChunkDirectory.allocate(capacity: Self.directoryCount)
        directory.initialize(repeating: zeroChunk, count: Self.directoryCount)
        return directory
    }

    /// Takes a directory back, every entry being the chunk of zeros again.
    mutating func giveBack(_ directory: ChunkDirectory) { directories.append(directory) }

    /// Gives memory back to the system after a call that took much of it. Precondition: no frame is open.
    mutating func trim() {
        precondition(chunksUsed == 0 && pagesUsed == 0)
        let kept = Self.keptPageBytes
        guard highestPage * Self.pageCells * MemoryLayout<Cell>.stride > kept else { return }
        highestPage = 0
        madvise(UnsafeMutableRawPointer(pages) + kept, Self.pageBytes - kept, MADV_DONTNEED)
    }
}
