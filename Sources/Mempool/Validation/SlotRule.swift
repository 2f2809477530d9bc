import Field
import Protocol

/// Proposals and attestations are for the current slot or the next one.
enum SlotRule {
    static func refusal(_ slot: Fr, _ answer: ProposerAnswer) -> Refusal? {
        let current: UInt64
        switch answer {
        case .known(_, _, let slot), .unknown(let slot): current = slot
        case .nothing: return Refusal(.ignore, nil, "the rollup is not known here")
        case .empty: return Refusal(.reject, nil, "the epoch has no committee")
        }
        guard let slot = slot.uint64, slot == current || slot == current &+ 1 else {
            return Refusal(.reject, .high, "slot \(slot) is neither the current one, \(current), nor the next")
        }
        return nil
    }
}
