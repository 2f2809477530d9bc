import CLinux
import EventLoop
import Glibc
import IPC
import Messages
import Topology

/// All shared memory of one node, made before any worker starts: rings, worker regions, bells. The supervisor writes
/// headers, and worker regions while no process is attached to them; it never looks into rings.
final class NodeMemory {
    let topology: Topology
    let bells: SharedFile
    let events: [Int32]
    let regionFiles: [SharedFile]
    let regions: [WorkerRegion]
    let rings: [SharedFile]
    let configuration: SharedFile
    /// With one group of secrets each.
    let secretConfigurations: [String: SharedFile]
    /// Read end goes to every worker; this process alone has the write end, so its death is seen.
    let lifeline: (read: Int32, write: Int32)

    init(_ topology: Topology, configuration: [UInt8], secretConfigurations: [String: [UInt8]]) throws(IPCError) {
        self.topology = topology
        self.configuration = try SharedFile(name: "quetzal-config", frozen: configuration)
        var secret: [String: SharedFile] = [:]
        for (group, bytes) in secretConfigurations { secret[group] = try SharedFile(name: "quetzal-config-\(group)", frozen: bytes) }
        self.secretConfigurations = secret
        bells = try Bell.create(slots: topology.workers.count)
        var events: [Int32] = [], files: [SharedFile] = [], regions: [WorkerRegion] = [], rings: [SharedFile] = []
        for worker in topology.workers {
            events.append(try makeEventDescriptor())
            let file = try WorkerRegion.create(name: "quetzal-\(worker.name)", schemaHash: MetricsSchema.hash)
            files.append(file)
            let region = try WorkerRegion(file.descriptor, schemaHash: MetricsSchema.hash, writable: true)
            // Nobody waits for a spare slot.
            if !worker.isActive { region.leaveInputs(worker.inputs.count) }
            regions.append(region)
        }
        for link in topology.links { rings.append(try link.shape.create(name: "quetzal-\(link.name)")) }
        self.events = events
        regionFiles = files
        self.regions = regions
        self.rings = rings
        var ends: [Int32] = [-1, -1]
        let code = ql_pipe(&ends)
        if code < 0 { throw IPCError("creating the lifeline pipe", code: -code) }
        lifeline = (ends[0], ends[1])
    }

    deinit {
        for event in events { close(event) }
        close(lifeline.read)
        close(lifeline.write)
    }

    /// What worker `slot` is given: its attachment, and the descriptors of its process in order (index = number there).
    func attachment(slot: Int, generation: UInt64) throws(IPCError) -> (file: SharedFile, descriptors: [Int32?]) {
        let worker = topology.workers[slot]
        let settings = worker.kind.secrets.flatMap { secretConfigurations[$0] } ?? configuration
        var given: [Int32?] = [nil, 1, 2, settings.readOnlyDescriptor, nil, lifeline.read]
        func give(_ descriptor: Int32) -> Int32 {
            // The same descriptor twice (a peer's event for two links) is given once.
            if let known = given[Int(Attachment.firstFreeDescriptor)...].firstIndex(of: descriptor) { return Int32(known) }
            given.append(descriptor)
            return Int32(given.count - 1)
        }
        var attachment = Attachment(
            kind: worker.kind.name, index: worker.index, slot: slot, slots: topology.workers.count, generation: generation,
            region: give(regionFiles[slot].descriptor), bells: give(bells.descriptor), event: give(events[slot]))
        for (number, link) in topology.links.enumerated() {
            if link.producer == slot {
                var output = Attachment.Output(link: link.name, shape: link.shape, descriptor: give(rings[number].descriptor))
                for consumer in link.consumers {
                    output.consumers.append(Attachment.Consumer(
                        worker: topology.workers[consumer.slot].name, slot: consumer.slot, input: consumer.input, isReliable: consumer.isReliable,
                        region: give(regionFiles[consumer.slot].readOnlyDescriptor), event: give(events[consumer.slot])))
                }
                attachment.outputs.append(output)
            }
            for consumer in link.consumers where consumer.slot == slot {
                attachment.inputs.append(Attachment.Input(
                    link: link.name, shape: link.shape, descriptor: give(rings[number].readOnlyDescriptor), input: consumer.input, isReliable: consumer.isReliable,
                    producerSlot: link.producer, producerEvent: give(events[link.producer])))
            }
        }
        if worker.kind.observes {
            for peer in topology.workers {
                attachment.peers.append(Attachment.Peer(
                    kind: peer.kind.name, index: peer.index, region: give(regionFiles[peer.slot].readOnlyDescriptor), inputs: peer.inputs))
            }
        }
        let file = try SharedFile(name: "quetzal-attachment", frozen: attachment.encoded)
        given[Int(Attachment.attachmentDescriptor)] = file.readOnlyDescriptor
        return (file, given)
    }
}
