internal import CLinux
internal import Diagnostics
import Glibc

/// One line of the registry: a worker kind and how it is driven.
public struct WorkerKind: Sendable {
    public enum Drive: Sendable { case eventLoop, polling(WaitStrategy) }

    public var name: String
    public var drive: Drive
    var make: @Sendable (WorkerContext) throws -> any Worker

    public init<W: Worker & SendableMetatype>(_ name: String, _ type: W.Type, _ drive: Drive = .eventLoop) {
        self.name = name
        self.drive = drive
        make = { try W($0) }
    }
}

/// `quetzal-worker <kind> <index>`: from the descriptors the supervisor gave to a running worker, and out again.
public enum WorkerProcess {
    static let configurationLimit = 16 << 20

    /// `configure` gets the configuration's bytes before anything else happens (log output, limits).
    public static func main(registry: [WorkerKind], schemaHash: UInt64, configure: (_ kind: String, _ index: Int, _ configuration: [UInt8]) throws -> Void) -> Never {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let kind = registry.first(where: { $0.name == arguments[1] }), let index = Int(arguments[2]) else {
            let usage = "usage: quetzal-worker <\(registry.map(\.name).joined(separator: "|"))> <index>\nstarted by the supervisor `aztec start` only\n"
            _ = usage.withCString { write(2, $0, strlen($0)) }
            exit(WorkerExit.permanent)
        }
        // Keys must not get into logs or files; and reports take longer than a restart.
        ql_crash_silently()
        var region: WorkerRegion?
        let log = Logger("\(kind.name)")
        do {
            let attachment = try attach(kind.name, index)
            let configuration = try SharedFile.readFrozen(Attachment.configurationDescriptor, limit: configurationLimit)
            let context = try WorkerContext(attachment, configuration: configuration, schemaHash: schemaHash)
            region = context.region
            context.region.processID = UInt64(getpid())
            context.beat()
            try configure(kind.name, index, configuration)
            watchLifeline()
            let worker = try kind.make(context)
            switch kind.drive {
            case .eventLoop: try EventLoopDriver(context, worker).run()
            case .polling(let wait): try PollingDriver(context, worker, wait: wait).run()
            }
            if let failure = context.failure { throw failure }
            exit(0)
        } catch {
            let failure = error as? WorkerFailure
            log.fatal("\(error)")
            region?.note = "\(error)"
            exit(failure?.isPermanent == true ? WorkerExit.permanent : WorkerExit.retry)
        }
    }

    /// Ties this process's life to the supervisor's, then reads what it was given and closes everything else.
    private static func attach(_ kind: String, _ index: Int) throws -> Attachment {
        ql_set_parent_death_signal(SIGKILL)
        signal(SIGPIPE, SIG_IGN)
        // The terminal sends these to the whole group; the supervisor decides what they mean.
        signal(SIGINT, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        var name = Array("qz-\(kind)-\(index)".utf8.prefix(15)).map { CChar(bitPattern: $0) }
        name.append(0)
        ql_set_name(name)
        // The parent may have died before the call above took effect: then the pipe has hung up.
        var lifeline = pollfd(fd: Attachment.lifelineDescriptor, events: Int16(POLLIN), revents: 0)
        if poll(&lifeline, 1, 0) != 0 { throw IPCError("no supervisor: start the node with `aztec start`") }
        let attachment = try Attachment(decoding: SharedFile.readFrozen(Attachment.attachmentDescriptor, limit: 1 << 20))
        guard attachment.kind == kind, attachment.index == index else { throw IPCError("attachment of \(attachment.kind) \(attachment.index) given to \(kind) \(index)") }
        let mine = attachment.descriptors
        let last = mine.max() ?? 2
        for descriptor in 3...last where !mine.contains(descriptor) { close(descriptor) }
        ql_close_from(last + 1)
        for descriptor in mine where descriptor > 2 { ql_set_close_on_exec(descriptor, 1) }
        return attachment
    }

    /// Second belt beside the parent death signal (which a setuid program or a tracer can lose): a thread that ends the
    /// process when the supervisor's end of the pipe is gone.
    private static func watchLifeline() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 64 << 10)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        pthread_create(&thread, &attributes, { _ in
            var byte: UInt8 = 0
            while true {
                let count = read(Attachment.lifelineDescriptor, &byte, 1)
                if count < 0 && errno == EINTR { continue }
                _exit(WorkerExit.retry)
            }
        }, nil)
    }
}
