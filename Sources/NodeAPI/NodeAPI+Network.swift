import Field
import JSON
import Protocol

/// Namespace `p2p` («note 08 §3.3»).
extension NodeAPI {
    static let p2pMethods: [Method] = pendingMethods + [
        Method(name: "getAttestationsForSlot", parameters: 2, optional: 1, waits: true) { api, parameters, writer throws(RPCFailure) in
            let slot = parameters.bigInteger(0)
            let proposal = parameters.optionalString(1)
            try parameters.finish()
            // A slot that no clock reaches and an id that is no archive root have no attestations.
            guard let network = api.network, let slot = UInt64(slot), let archive = NodeAPI.archive(proposal) else {
                writer.beginArray()
                writer.endArray()
                return true
            }
            writer.raw(try network.attestations(slot: slot, archive: archive.root))
            return true
        },
        Method(name: "addAttestation", parameters: 1, waits: true) { api, parameters, _ throws(RPCFailure) in
            let object = parameters.object(0, required: ["blockNumber", "payload", "signature"])
            try parameters.finish()
            guard let network = api.network else { throw .missing("addAttestation", "the attestation pool") }
            guard let object else { preconditionFailure("finish throws without an object") }
            let attestation: BlockAttestation
            do { attestation = try BlockAttestation(json: object) } catch { throw .failed("\(error)") }
            try network.add(attestation)
            return false
        },
        encodedENR,
        Method(name: "getPeers", parameters: 1, optional: 1, waits: true) { api, parameters, writer throws(RPCFailure) in
            let includesPending = parameters.optionalBool(0) ?? false
            try parameters.finish()
            guard let network = api.network else {
                writer.beginArray()
                writer.endArray()
                return true
            }
            writer.raw(try network.peers(includingPending: includesPending))
            return true
        },
    ]

    /// In namespace `node` too.
    static let encodedENR = Method(name: "getEncodedEnr", parameters: 0, waits: true) { api, _, writer throws(RPCFailure) in
        guard let text = try api.network?.encodedENR() else { return false }
        writer.value(text)
        return true
    }

    /// nil: the id is none. An empty one counts as none given.
    private static func archive(_ id: String?) -> (root: Fr?, Void)? {
        guard let id, !id.isEmpty else { return (nil, ()) }
        return Fr(hex: id).map { ($0, ()) }
    }
}

/// The node on the network as the API sees it. Any thread; every call waits.
public protocol NetworkReader: Sendable {
    /// JSON array of attestations, of one proposal if its archive root is given.
    func attestations(slot: UInt64, archive: Fr?) throws(RPCFailure) -> [UInt8]
    func add(_ attestation: BlockAttestation) throws(RPCFailure)
    /// nil: the node is on no network.
    func encodedENR() throws(RPCFailure) -> String?
    /// JSON array of `PeerInfo`.
    func peers(includingPending: Bool) throws(RPCFailure) -> [UInt8]
}
