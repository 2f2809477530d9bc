import Glibc
import IPC
import Messages
import Synchronization

/// A running node as other processes see it: read-only mappings of its board, worker regions and rings. Nothing is asked of
/// the node, so a hung or busy one can be looked at too.
public final class NodeView {
    public let descriptor: NodeDescriptor
    private let board: Board
    private var regions: [Int32: WorkerRegion] = [:]
    private var rings: [Int32: Mapping] = [:]

    public init(directory: String) throws(IPCError) {
        descriptor = try NodeDescriptor.find(in: directory)
        board = try Self.open(descriptor.processID, descriptor.board) { descriptor throws(IPCError) in try Board(descriptor, writable: false) }
    }

    private static func open<T>(_ process: Int32, _ number: Int32, _ use: (Int32) throws(IPCError) -> T) throws(IPCError) -> T {
        let file = Glibc.open("/proc/\(process)/fd/\(number)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw IPCError("looking into process \(process) (only its own user may)", code: errno) }
        defer { close(file) }
        return try use(file)
    }

    public var isAlive: Bool { NodeDescriptor.startTicks(of: descriptor.processID) == descriptor.startTicks }

    public func content() throws(IPCError) -> BoardContent { try board.read() }

    public func region(_ worker: BoardContent.Worker) throws(IPCError) -> WorkerRegion {
        if let region = regions[worker.region] { return region }
        let region = try Self.open(descriptor.processID, worker.region) { file throws(IPCError) in try WorkerRegion(file, schemaHash: MetricsSchema.hash, writable: false) }
        regions[worker.region] = region
        return region
    }

    /// A word of the link's producer block (`RingProducerBlock`).
    public func producerWord(_ link: BoardContent.Link, _ offset: Int) throws(IPCError) -> UInt64 {
        let ring: Mapping
        if let known = rings[link.ring] {
            ring = known
        } else {
            ring = try Self.open(descriptor.processID, link.ring) { file throws(IPCError) in try link.shape.join(file, writable: false) }
            rings[link.ring] = ring
        }
        return ring.word(offset).pointee.load(ordering: .relaxed)
    }
}
