import IPC
import Messages
import Testing

@Suite struct MessageTests {
    let message = TipMessage(
        kind: .proven, blockNumber: 0x0102_0304_0506_0708, blockHash: Array(0x20..<0x40), slot: 0x11, timestamp: 0x2233, l1BlockNumber: 0x44,
        pendingTip: 0x55, provenTip: 0x66, finalisedTip: 0x77)

    @Test func tipGoldenBytes() {
        var expected: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
        expected += Array(0x20..<0x40)
        for value in [[0x11, 0], [0x33, 0x22], [0x44, 0], [0x55, 0], [0x66, 0], [0x77, 0], [0, 0]] as [[UInt8]] { expected += value + [0, 0, 0, 0, 0, 0] }
        #expect(message.payload == expected)
        #expect(expected.count == TipMessage.bytes)
        #expect(TipMessage.Kind.allCases.map(\.rawValue) == [1, 2, 3, 4])
    }

    @Test func tipReadsBackAndRefusesWhatIsShortOrUnknown() {
        let payload = message.payload
        #expect(TipMessage(kind: 3, payload: payload.span.bytes) == message)
        let longer = payload + [1, 2, 3]
        #expect(TipMessage(kind: 3, payload: longer.span.bytes) == message)
        let shorter = Array(payload.dropLast())
        #expect(TipMessage(kind: 3, payload: shorter.span.bytes) == nil)
        #expect(TipMessage(kind: 9, payload: payload.span.bytes) == nil)
    }

    @Test func schemaIsWhole() {
        let rows = MetricsSchema.metrics
        #expect(rows.count == MetricID.allCases.count)
        var used = Set<Int>()
        for row in rows {
            for slot in row.slot..<row.slot + row.slots { #expect(used.insert(slot).inserted && slot < WorkerRegion.metricSlots) }
            #expect(row.family.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") })
        }
        #expect(Set(rows.map { "\($0.family)\($0.label?.value ?? "")" }).count == rows.count)
        #expect(MetricsSchema[.archiverSyncDuration].family == "aztec_archiver_sync_duration_milliseconds")
        #expect(MetricsSchema[.l1Requests].family == "quetzal_l1_request_total")
    }

    @Test func prometheusText() throws {
        let file = try WorkerRegion.create(name: "test", schemaHash: MetricsSchema.hash)
        let region = try WorkerRegion(file.descriptor, schemaHash: MetricsSchema.hash, writable: true)
        region.reset(generation: 3, now: 1_000_000)
        region.set(.archiverBlockHeight, 42)
        region.set(.archiverProvenBlockHeight, 40)
        region.observe(.archiverSyncDuration, 12)
        region.observe(.archiverSyncDuration, 20)
        region.observe(.archiverSyncDuration, 99_999)
        region.add(.l1Requests, 5)
        region.add(.l1Requests)
        let text = String(decoding: PrometheusText.render([.init(kind: "archiver", index: 0, region: region, inputs: ["a_b"])], nowNanos: 6_000_000), as: UTF8.self)
        for line in [
            "# TYPE aztec_archiver_block_height gauge\naztec_archiver_block_height 42\naztec_archiver_block_height{status=\"proven\"} 40\n",
            "aztec_archiver_sync_duration_milliseconds_bucket{le=\"10\"} 0\n", "aztec_archiver_sync_duration_milliseconds_bucket{le=\"20\"} 2\n",
            "aztec_archiver_sync_duration_milliseconds_bucket{le=\"+Inf\"} 3\n", "aztec_archiver_sync_duration_milliseconds_sum 100031\n",
            "aztec_archiver_sync_duration_milliseconds_count 3\n", "quetzal_l1_request_total 6\n", "aztec_world_state_tree_size{merkle_tree_name=\"ARCHIVE\"} 0\n",
            "quetzal_worker_restart_total{worker=\"archiver\",index=\"0\"} 2\n", "quetzal_worker_heartbeat_age_milliseconds{worker=\"archiver\",index=\"0\"} 5\n",
            "quetzal_link_lost_total{link=\"a_b\",worker=\"archiver\",index=\"0\"} 0\n",
        ] { #expect(text.contains(line), "\(line)") }
        #expect(!text.contains("quetzal_rpc_request"))
    }

    /// Discovery's figures are a node's and a bootnode's.
    @Test func aMetricOfTwoKinds() throws {
        let file = try WorkerRegion.create(name: "test", schemaHash: MetricsSchema.hash)
        let region = try WorkerRegion(file.descriptor, schemaHash: MetricsSchema.hash, writable: true)
        region.reset(generation: 1, now: 1_000_000)
        region.set(.discoveryKnownNodes, 7)
        region.set(.discoveryBytesSent, 8)
        for kind in ["p2p", "bootnode"] {
            let text = String(decoding: PrometheusText.render([.init(kind: kind, index: 0, region: region, inputs: [])], nowNanos: 6_000_000), as: UTF8.self)
            #expect(text.contains("\nquetzal_discovery_known_nodes 7\n") && text.contains("\nquetzal_discovery_sent_bytes_total 8\n"))
            #expect(text.contains("aztec_peer_manager_peer_count") == (kind == "p2p"))
        }
    }
}

@Suite struct PoolMessageTests {
    @Test func aSignatureKeepsItsTicketAndItsOwner() {
        let signature = PoolSignature(api: 3, ticket: 0x1234_5678_9abc)
        #expect(PoolSignature(signature.word) == signature)
        #expect(PoolSignature(api: 0xffff, ticket: .max).ticket == 0xffff_ffff_ffff)
    }

    @Test func answersReadBack() {
        for answer in [PoolAnswer.done([]), .done([1, 2]), .refused("no"), .refused("")] { #expect(PoolAnswer(answer.payload) == answer) }
        #expect(PoolAnswer([]) == nil && PoolAnswer([2, 1]) == nil)
    }
}
