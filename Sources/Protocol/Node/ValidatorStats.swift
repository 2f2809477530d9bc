/// What the sentinel saw of one validator.
public struct ValidatorStats: Hashable, Sendable {
    public enum SlotStatus: String, Sendable, CaseIterable {
        case blockMined = "block-mined"
        case blockProposed = "block-proposed"
        case blockMissed = "block-missed"
        case attestationSent = "attestation-sent"
        case attestationMissed = "attestation-missed"
    }

    /// A slot with its time, as number and as text.
    public struct TimeOfSlot: Hashable, Sendable {
        public var timestamp: BigInteger
        public var slot: BigInteger
        public var date: String

        public init(timestamp: BigInteger, slot: BigInteger, date: String) {
            self.timestamp = timestamp
            self.slot = slot
            self.date = date
        }
    }

    public struct Missed: Hashable, Sendable {
        public var currentStreak: Int
        public var rate: JSONNumber?
        public var count: Int

        public init(currentStreak: Int, rate: JSONNumber?, count: Int) {
            self.currentStreak = currentStreak
            self.rate = rate
            self.count = count
        }
    }

    public struct HistoryEntry: Hashable, Sendable {
        public var slot: BigInteger
        public var status: SlotStatus

        public init(slot: BigInteger, status: SlotStatus) {
            self.slot = slot
            self.status = status
        }
    }

    public var address: EthAddress
    public var lastProposal: TimeOfSlot?
    public var lastAttestation: TimeOfSlot?
    public var totalSlots: Int
    public var missedProposals: Missed
    public var missedAttestations: Missed
    public var history: [HistoryEntry]

    public init(
        address: EthAddress, lastProposal: TimeOfSlot?, lastAttestation: TimeOfSlot?, totalSlots: Int, missedProposals: Missed,
        missedAttestations: Missed, history: [HistoryEntry]
    ) {
        self.address = address
        self.lastProposal = lastProposal
        self.lastAttestation = lastAttestation
        self.totalSlots = totalSlots
        self.missedProposals = missedProposals
        self.missedAttestations = missedAttestations
        self.history = history
    }
}
