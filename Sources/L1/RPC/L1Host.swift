import JSON

/// One L1 execution host as the client sees it. Touched on the loop's thread only.
@LoopActor final class L1Host {
    let index: Int
    let address: HTTPAddress
    var health = HostHealth()
    /// Whether its chain id has been seen and is right.
    var isChainKnown: Bool
    /// Calls it takes in one request; 1: it takes no batches.
    var batchLimit: Int

    var name: String { address.description }

    init(index: Int, address: HTTPAddress, isChainKnown: Bool, batchLimit: Int) {
        self.index = index
        self.address = address
        self.isChainKnown = isChainKnown
        self.batchLimit = batchLimit
    }
}

/// A call on its way, with everyone who waits for it.
@LoopActor final class RPCFlight {
    struct Waiter {
        /// Takes the result; throws when it has not the expected shape.
        var accept: (JSONElement) throws(JSONError) -> Void
        var fail: (L1Error) -> Void
    }

    let call: RPCCall
    var waiters: [Waiter]
    /// Hosts asked in this round.
    var tried: Set<Int> = []
    var causes: [L1Error] = []
    /// Rounds over all hosts so far; a second one is made after transient failures only.
    var round = 0
    var mayRepeat = true

    init(_ call: RPCCall, _ waiters: [Waiter]) {
        self.call = call
        self.waiters = waiters
    }
}
