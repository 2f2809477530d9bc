import Bytes
import Hashing
import JSON

/// Beacon API and blob sink over a `ReplayState`. The recorded chain has no consensus layer: slots and roots are made
/// up consistently (shared/tools/l1-replay.md).
struct ReplayBeacon {
    enum Flavour { case either, beacon, sink }

    static func root(of block: RecordedChain.Block) -> String { SHA256.hash(Array("beacon-block-root\(block.hash)".utf8)).hex }

    private static func slot(_ identifier: String, _ state: ReplayState) -> Int?? {
        let chain = state.chain
        func slot(of number: Int) -> Int { chain.slots[min(max(number, chain.first), chain.last) - chain.first] }
        let head = slot(of: state.head)
        switch identifier {
        case "head": return .some(head)
        case "genesis": return .some(0)
        case "finalized": return .some(slot(of: state.head - state.finalizedLag))
        default: break
        }
        if identifier.hasPrefix("0x") {
            let found = chain.blocks.first { slot(of: $0.number) <= head && root(of: $0) == identifier.lowercased() }
            return .some(found.map { slot(of: $0.number) })
        }
        guard let number = Int(identifier) else { return nil }
        return .some(number <= head && chain.blockAtSlot[number] != nil ? number : nil)
    }

    private static func object(_ build: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        build(&writer)
        writer.endObject()
        return writer.bytes
    }

    private static func failure(_ code: Int, _ message: String) -> (Int, [UInt8]) {
        (code, object {
            $0.member("code", code)
            $0.member("message", message)
        })
    }

    private static func sinkFailure(_ code: Int, _ message: String) -> (Int, [UInt8]) { (code, object { $0.member("error", message) }) }

    private static func header(_ slot: Int, _ chain: RecordedChain) -> [UInt8] {
        guard let number = chain.blockAtSlot[slot] else { return ReplayRPC.null }
        return object {
            $0.key("message")
            $0.beginObject()
            $0.member("slot", String(slot))
            $0.member("proposer_index", "0")
            $0.member("parent_root", chain.block(number - 1).map(root) ?? RecordedChain.zero32)
            $0.member("state_root", SHA256.hash(Array("state\(slot)".utf8)).hex)
            $0.member("body_root", SHA256.hash(Array("body\(slot)".utf8)).hex)
            $0.endObject()
            $0.member("signature", "0x" + String(repeating: "0", count: 192))
        }
    }

    /// Status and body for a GET of `path` (`/eth/v1/…` or `/status`) with its `indices` query values.
    static func answer(_ path: String, indices: [String], _ flavour: Flavour, _ state: ReplayState) -> (Int, [UInt8]) {
        let chain = state.chain
        let parts = path.split(separator: "/").map(String.init)
        if path == "/status" { return (200, object { $0.member("message", "Ok") }) }
        switch parts.prefix(4).joined(separator: "/") {
        case "eth/v1/node/health": return (200, Array("{}".utf8))
        case "eth/v1/beacon/genesis":
            return (200, object {
                $0.key("data")
                $0.beginObject()
                $0.member("genesis_time", String(chain.blocks[0].timestamp))
                $0.member("genesis_validators_root", SHA256.hash(Array("validators".utf8)).hex)
                $0.member("genesis_fork_version", "0x00000000")
                $0.endObject()
            })
        case "eth/v1/config/spec":
            return (200, object {
                $0.key("data")
                $0.beginObject()
                $0.member("SECONDS_PER_SLOT", String(chain.facts.l1SlotSeconds))
                $0.member("SLOTS_PER_EPOCH", "32")
                $0.member("DEPOSIT_CHAIN_ID", String(chain.facts.chainID))
                $0.endObject()
            })
        case "eth/v1/beacon/headers":
            if flavour == .sink { return sinkFailure(400, "Not Supported") }
            guard let slot = slot(parts.count > 4 ? parts[4] : "head", state) else { return failure(400, "Invalid block ID") }
            guard let slot, let number = chain.blockAtSlot[slot], let block = chain.block(number) else { return failure(404, "NOT_FOUND: beacon block") }
            let entry = object {
                $0.member("root", root(of: block))
                $0.member("canonical", true)
                $0.key("header")
                $0.raw(header(slot, chain))
            }
            return (200, object {
                $0.member("execution_optimistic", false)
                $0.member("finalized", false)
                $0.key("data")
                $0.raw(parts.count > 4 ? entry : ReplayRPC.array([entry]))
            })
        case "eth/v1/beacon/blob_sidecars" where parts.count == 5:
            return sidecars(parts[4], indices, flavour, state)
        default: return sinkFailure(404, "not found")
        }
    }

    private static func sidecars(_ identifier: String, _ indices: [String], _ flavour: Flavour, _ state: ReplayState) -> (Int, [UInt8]) {
        let chain = state.chain
        let wanted = indices.flatMap { $0.split(separator: ",").map { Int($0) } }
        guard !wanted.contains(nil) else {
            return flavour == .sink ? sinkFailure(400, "Invalid indices parameter") : failure(400, "Invalid indices")
        }
        var found: [RecordedChain.Sidecar]?
        var slotOfAnswer: Int?
        if identifier.hasPrefix("0x"), identifier.utf8.count == 66, flavour != .beacon {
            let hash = identifier.lowercased()
            // A sink keeps the blobs of blocks that were reorged away.
            if let number = chain.numberOfHash[hash] ?? chain.orphanNumberOfHash[hash], number <= state.head { found = chain.sidecars[hash] }
        }
        if found == nil, flavour != .sink {
            guard let slot = slot(identifier, state) else { return failure(400, "Invalid block ID") }
            guard let slot, let number = chain.blockAtSlot[slot], let block = chain.block(number) else { return failure(404, "Block not found") }
            found = chain.sidecars[block.hash] ?? []
            slotOfAnswer = slot
        }
        guard let found else {
            return identifier.hasPrefix("0x") || Int(identifier) != nil ? sinkFailure(404, "Blob not found") : sinkFailure(400, "Invalid block_id parameter")
        }
        var writer = JSONWriter(reserving: found.count * (2 * RecordedChain.blobBytes + 1024))
        writer.beginObject()
        if flavour != .beacon { writer.member("version", "deneb") }
        writer.key("data")
        writer.beginArray()
        for sidecar in found where wanted.isEmpty || wanted.contains(sidecar.index) {
            writer.beginObject()
            writer.key("blob")
            writer.hex(sidecar.blob + [UInt8](repeating: 0, count: RecordedChain.blobBytes - sidecar.blob.count))
            writer.member("index", String(sidecar.index))
            writer.member("kzg_commitment", sidecar.commitment)
            writer.member("kzg_proof", sidecar.proof)
            if let slotOfAnswer {
                writer.key("signed_block_header")
                writer.raw(header(slotOfAnswer, chain))
                writer.key("kzg_commitment_inclusion_proof")
                writer.beginArray()
                for _ in 0..<17 { writer.value(RecordedChain.zero32) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return (200, writer.bytes)
    }
}
