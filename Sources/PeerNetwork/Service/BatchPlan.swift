public import PeerIdentity

/// Spreads a batch of requests over peers («note 07 §7.2»): who is asked for what next. No input or output of its own.
///
/// Peers work in parallel, each on one request at a time. Request `i` belongs to the bucket of peer `i / perPeer`, as in
/// the reference; a peer done with its bucket helps with the others', and a request that lingers at one peer is given to
/// a second. A pinned peer (the proposal's sender) works from the front on everything. Nobody is asked twice for the
/// same thing, so that a peer without it costs one round trip and no more.
public struct BatchPlan: Sendable {
    public enum Outcome: Hashable, Sendable {
        /// The response was right: the request is settled.
        case valid
        /// The peer does not have it.
        case empty
        /// A wrong response: the peer may still be asked for others.
        case invalid
        /// Bad status, unreadable response, or a failed exchange: the peer is replaced.
        case failed
    }

    public struct Assignment: Hashable, Sendable {
        public var peer: PeerID
        public var index: Int

        public init(peer: PeerID, index: Int) {
            self.peer = peer
            self.index = index
        }
    }

    private struct Request {
        var isSettled = false
        /// Everybody asked for it, whatever came of it.
        var asked: [PeerID] = []
        var inFlight = 0
        var lastAsked: Double = 0
    }

    /// Most peers that work at once, besides the pinned one.
    public static func maxPeers(count: Int) -> Int { max(10, (count + 2) / 3) }
    /// Requests of a bucket.
    public static func perPeer(count: Int, maxPeers: Int) -> Int { max(1, count / maxPeers) }

    private let perPeer: Int
    private let maxAsked: Int
    private let lingerMillis: Double
    private var requests: [Request]
    private var pending: [Int]
    /// A failed peer without replacement leaves its place empty.
    private var places: [PeerID?]
    private var reserves: [PeerID]
    private var pinned: PeerID?
    private var busy: Set<PeerID> = []

    /// `peers`: everybody who may be asked, in random order, without the pinned one.
    public init(count: Int, peers: [PeerID], pinned: PeerID?, maxPeers: Int? = nil, maxAsked: Int = 10, lingerMillis: Double = 500) {
        let limit = max(1, maxPeers ?? Self.maxPeers(count: count))
        perPeer = Self.perPeer(count: count, maxPeers: limit)
        self.maxAsked = maxAsked
        self.lingerMillis = lingerMillis
        requests = Array(repeating: Request(), count: count)
        pending = Array(0..<count)
        let others = peers.filter { $0 != pinned }
        places = others.prefix(limit).map { $0 }
        reserves = others.dropFirst(limit).reversed()
        self.pinned = pinned
    }

    /// The peer whose bucket a request is in, at the start.
    public func bucketPeer(_ index: Int) -> PeerID? { places.isEmpty ? nil : places[index / perPeer % places.count] }

    /// What to send now. `mayAsk` tells whether our own limit lets a peer be asked at this moment.
    public mutating func next(now: Double, mayAsk: (PeerID) -> Bool) -> [Assignment] {
        var given: [Assignment] = []
        if let pinned, !busy.contains(pinned), mayAsk(pinned), let index = choose(for: pinned, place: nil, now: now) {
            given.append(give(index, to: pinned, now: now))
        }
        for place in places.indices {
            guard let peer = places[place], !busy.contains(peer) else { continue }
            if let index = choose(for: peer, place: place, now: now) {
                if mayAsk(peer) { given.append(give(index, to: peer, now: now)) }
            } else if !reserves.isEmpty, isExhausted(peer), let reserve = takeReserve() {
                // It has been asked for all that is missing: someone else may know more.
                places[place] = reserve
                if mayAsk(reserve), let index = choose(for: reserve, place: place, now: now) { given.append(give(index, to: reserve, now: now)) }
            }
        }
        return given
    }

    /// The exchange with the peer is over: it may be asked again, even while its response is being validated.
    public mutating func release(_ peer: PeerID) { busy.remove(peer) }

    /// The fate of one assignment, once for each, after `release`.
    public mutating func settle(_ assignment: Assignment, _ outcome: Outcome) {
        requests[assignment.index].inFlight -= 1
        switch outcome {
        case .valid:
            if !requests[assignment.index].isSettled {
                requests[assignment.index].isSettled = true
                pending.removeAll { $0 == assignment.index }
            }
        case .empty, .invalid: break
        case .failed: replace(assignment.peer)
        }
    }

    public func isSettled(_ index: Int) -> Bool { requests[index].isSettled }

    /// Nothing is missing, or nobody is left to ask for what is.
    public var isFinished: Bool {
        if pending.isEmpty { return true }
        guard requests.allSatisfy({ $0.isSettled || $0.inFlight == 0 }) else { return false }
        let askable = places.compactMap { $0 } + reserves + (pinned.map { [$0] } ?? [])
        return pending.allSatisfy { index in
            requests[index].asked.count >= maxAsked || askable.allSatisfy { requests[index].asked.contains($0) }
        }
    }

    // MARK: -

    private func choose(for peer: PeerID, place: Int?, now: Double) -> Int? {
        var other: Int?
        var lingering: Int?
        for index in pending {
            let request = requests[index]
            guard request.asked.count < maxAsked, !request.asked.contains(peer) else { continue }
            if request.inFlight == 0 {
                if place == nil || index / perPeer % places.count == place { return index }
                other = other ?? index
            } else if request.inFlight == 1, now - request.lastAsked >= lingerMillis {
                lingering = lingering ?? index
            }
        }
        return other ?? lingering
    }

    private mutating func give(_ index: Int, to peer: PeerID, now: Double) -> Assignment {
        busy.insert(peer)
        requests[index].asked.append(peer)
        requests[index].inFlight += 1
        requests[index].lastAsked = now
        return Assignment(peer: peer, index: index)
    }

    private func isExhausted(_ peer: PeerID) -> Bool {
        pending.allSatisfy { requests[$0].asked.count >= maxAsked || requests[$0].asked.contains(peer) }
    }

    private mutating func replace(_ peer: PeerID) {
        if peer == pinned { pinned = nil }
        guard let place = places.firstIndex(of: peer) else { return }
        places[place] = takeReserve()
    }

    private mutating func takeReserve() -> PeerID? { reserves.popLast() }
}
