import PeerNetwork

/// What an attack has come to so far, and whether that is what must become of the attacker («docs/peer-network.md, under attack»).
struct AttackOutcome {
    let name: String
    /// The node's figures when the attack began, and now.
    let before: [String: Double]
    let now: [String: Double]
    /// The attacker's own figures (`Attack.stats`).
    let attacker: [String: Double]
    /// Most descriptors that the node has held beyond those it had before.
    let held: Int
    /// Bytes of memory that the node has had at most beyond those it had before.
    let growth: Int

    /// Places for connections that are being upgraded, one just accepted and about to be closed, and two for files of the node
    /// and what the attack connects in good order.
    private static let mostHeld = 5 + 1 + 2

    /// What the limits allow the attackers to fill: of bombs four frames of 3 MB with what they are copied to on their way,
    /// of responses 4 MB and one more for each of four peers. Whatever else is sent is not kept.
    private var mostGrowth: Int {
        switch name {
        case "bombs": 40 << 20
        case "unread-responses": 4 * (RequestServer.maxQueuedPerPeer + attackAnswerBytes) + 10 << 20
        default: 12 << 20
        }
    }

    /// In a word.
    var treatment: String {
        switch name {
        case "connection-flood": "limited"
        case "bombs": "scored"
        case "garbage-udp": "ignored"
        default: "cut"
        }
    }

    /// What the node owes the attacker still; empty when all has happened.
    var missing: [String] { fate + unmet(littleIsKept) }

    private var fate: [String] {
        switch name {
        case "slow-loris", "half-open": unmet(dawdlersEnd, nobodyIsLetIn, fewAreHeld)
        case "connection-flood": unmet(newOnesAreLimited, nobodyIsLetIn, fewAreHeld)
        case "garbage-handshakes", "replayed-handshakes": unmet(badHandshakesEnd, nobodyIsLetIn, fewAreHeld)
        case "stream-flood", "silent-streams", "unread-responses": unmet(identitiesAreCut, identitiesAreBanned)
        case "iwant-spam", "oversized-frames", "oversized-varints": unmet(identitiesAreCut, gossipIsCut)
        case "bombs": unmet(bombsCount)
        case "garbage-udp": unmet(datagramsAreIgnored)
        default: ["nobody has said what must become of it"]
        }
    }

    private func unmet(_ duties: String?...) -> [String] { duties.compactMap { $0 } }
    private func node(_ key: String) -> Int { Int(now[key] ?? 0) }
    private func grown(_ key: String) -> Int { node(key) - Int(before[key] ?? 0) }
    private func seen(_ key: String) -> Int { Int(attacker[key] ?? 0) }

    private var littleIsKept: String? {
        growth <= mostGrowth ? nil : "of what it sends and asks for little may be kept: \(growth >> 20) MB of memory, \(mostGrowth >> 20) allowed"
    }

    // MARK: Bare connections

    private var dawdlersEnd: String? {
        seen("cut-late") >= 3 ? nil : "who dawdles must be cut: \(seen("cut-late")) of \(seen("sockets")) were after a second"
    }

    private var badHandshakesEnd: String? {
        seen("cut-answered") >= 3 ? nil : "who breaks the handshake must be cut: \(seen("cut-answered")) of \(seen("answered")) that were let in were"
    }

    private var newOnesAreLimited: String? {
        // The seconds that are counted in are the node's: one is begun, one may not be over.
        let most = runAttacksNewPerSecond * (Int(attacker["seconds"] ?? 0) + 2)
        guard seen("answered") >= 1 else { return "nobody was let in: the limit has not been met" }
        return seen("answered") <= most ? nil : "new connections must be limited: \(seen("answered")) answered, \(most) allowed"
    }

    /// What the attacker connects in good order is not meant.
    private var nobodyIsLetIn: String? {
        grown("opened") <= seen("connected") ? nil : "nobody must be let in: \(grown("opened") - seen("connected")) connections were"
    }

    private var fewAreHeld: String? {
        held <= Self.mostHeld ? nil : "at most \(Self.mostHeld) connections may be held: \(held) descriptors more than before"
    }

    // MARK: Peers

    private var identitiesAreCut: String? {
        seen("identities") > 0 && seen("cut-identities") == seen("identities") ? nil : "each must be cut: \(seen("cut-identities")) of \(seen("identities")) were"
    }

    private var identitiesAreBanned: String? {
        grown("banned") >= seen("identities") ? nil : "each must be banned: \(grown("banned")) goodbyes for it"
    }

    private var gossipIsCut: String? {
        grown("gossip-cut") >= seen("identities") ? nil : "each must be cut for its gossip: \(grown("gossip-cut")) were"
    }

    private var bombsCount: String? {
        if grown("delivered") > 0 { return "no bomb may be delivered: \(grown("delivered")) were" }
        let isScored = seen("identities") > 0 && grown("invalid") >= seen("identities") && node("negative") == seen("identities")
        return isScored ? nil : "each must have a bad score: \(grown("invalid")) invalid messages, \(node("negative")) peers below zero"
    }

    // MARK: Datagrams

    private var datagramsAreIgnored: String? {
        if grown("udp-out") > 0 { return "noise must not be answered: \(grown("udp-out")) packets sent" }
        return grown("udp-malformed") >= 100 && grown("udp-malformed") == grown("udp-in") ? nil
            : "noise must be found malformed: \(grown("udp-malformed")) of \(grown("udp-in")) packets"
    }
}
