import Glibc
import IPC
import Synchronization
import Testing

@Suite struct RegionTests {
    @Test func sizeIsSealedAndTheSecondDescriptorCannotWrite() throws {
        let file = try SharedFile(name: "test", count: 8192)
        #expect(ftruncate(file.descriptor, 4096) != 0)
        #expect(ftruncate(file.descriptor, 16384) != 0)
        _ = try Mapping(file.readOnlyDescriptor, count: 8192, writable: false)
        #expect(throws: IPCError.self) { try Mapping(file.readOnlyDescriptor, count: 8192, writable: true) }
        #expect(throws: IPCError.self) { try Mapping(file.descriptor, count: 4096, writable: true) }
    }

    @Test func frozenFileCannotChangeAndIsReadBack() throws {
        let file = try SharedFile(name: "test", frozen: [1, 2, 3])
        #expect(write(file.descriptor, [9 as UInt8], 1) < 0)
        #expect(try SharedFile.readFrozen(file.readOnlyDescriptor, limit: 10) == [1, 2, 3])
        #expect(throws: IPCError.self) { try SharedFile.readFrozen(file.descriptor, limit: 2) }
        let open = try SharedFile(name: "test", count: 3)
        #expect(throws: IPCError.self) { try SharedFile.readFrozen(open.descriptor, limit: 10) }
    }

    @Test func headerGoldenBytesAndRefusals() throws {
        let file = try RegionHeader.create(name: "test", kind: .ring, count: 4096, layoutHash: 0x0102_0304_0506_0708)
        let mapping = try RegionHeader.join(file.descriptor, kind: .ring, count: 4096, layoutHash: 0x0102_0304_0506_0708, writable: true)
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = pread(file.descriptor, &bytes, 64, 0)
        #expect(Array(bytes[0..<8]) == Array("QTZLREGN".utf8))
        #expect(Array(bytes[8..<16]) == [1, 0, 0, 0, 1, 0, 0, 0])
        #expect(Array(bytes[16..<24]) == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(Array(bytes[24..<40]) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0])
        #expect(throws: IPCError.self) { try RegionHeader.join(file.descriptor, kind: .worker, count: 4096, layoutHash: 0x0102_0304_0506_0708, writable: false) }
        #expect(throws: IPCError.self) { try RegionHeader.join(file.descriptor, kind: .ring, count: 4096, layoutHash: 1, writable: false) }
        mapping.word(0).pointee.store(0, ordering: .relaxed)
        #expect(throws: IPCError.self) { try RegionHeader.join(file.descriptor, kind: .ring, count: 4096, layoutHash: 0x0102_0304_0506_0708, writable: false) }
    }

    @Test func workerRegionKeepsCursorsOverAReset() throws {
        let file = try WorkerRegion.create(name: "test", schemaHash: 7)
        #expect(throws: IPCError.self) { try WorkerRegion(file.descriptor, schemaHash: 8, writable: false) }
        let region = try WorkerRegion(file.descriptor, schemaHash: 7, writable: true)
        let reader = try WorkerRegion(file.readOnlyDescriptor, schemaHash: 7, writable: false)
        region.mapping.word(WorkerRegion.cursorOffset(input: 3)).pointee.store(42, ordering: .relaxed)
        region.setMetric(1023, 5)
        region.note = "cannot reach http://l1\n\u{1b}[31m"
        region.state = .running
        #expect(reader.note == "cannot reach http://l1  [31m")
        #expect(reader.state == .running && reader.runningNanos > 0)
        #expect(reader.metric(1023) == 5)
        region.reset(generation: 2, now: 77)
        #expect(reader.note == "" && reader.state == .booting && reader.metric(1023) == 0 && reader.heartbeatNanos == 77 && reader.generation == 2)
        #expect(reader.input(3, RingCursorBlock.cursor) == 42)
        region.leaveInputs()
        #expect(reader.input(3, RingCursorBlock.cursor) == .max)
    }

    @Test func attachmentSurvivesItsTextForm() throws {
        var attachment = Attachment(kind: "api", index: 1, slot: 2, slots: 4, generation: 9, region: 6, bells: 7, event: 8)
        let shape = try RingShape(depth: 8, mtu: 100, burst: 2)
        attachment.inputs = [.init(link: "archiver_tips", shape: shape, descriptor: 9, input: 0, isReliable: false, producerSlot: 0, producerEvent: 10)]
        attachment.outputs = [.init(link: "api_p2p", shape: shape, descriptor: 11, consumers: [.init(worker: "p2p.0", slot: 3, input: 1, isReliable: true, region: 12, event: 13)])]
        attachment.peers = [.init(kind: "archiver", index: 0, region: 14), .init(kind: "api", index: 1, region: 6, inputs: ["archiver_tips", "p2p_api"])]
        #expect(try Attachment(decoding: attachment.encoded) == attachment)
        #expect(attachment.descriptors == Set(0...14))
        for bad in ["", "quetzal-attachment 2\n", "quetzal-attachment 1\nworker api 1\n", "quetzal-attachment 1\nworker api 1 2 4 9 6 7 8\nconsumer a 1 1 1 1 1\n",
            "quetzal-attachment 1\nworker api 1 2 4 9 6 7 8\noutput x 3 100 1 5\n", "quetzal-attachment 1\nworker api 99999999999999999999 2 4 9 6 7 8\n"]
        {
            #expect(throws: IPCError.self) { try Attachment(decoding: Array(bad.utf8)) }
        }
    }
}
