public import Field

/// Identifiers made unique by a contract's address, and storage slots («note 01 §8»). Nothing is special about
/// zero here: callers that must leave a zero alone say so themselves.
public enum Siloing {
    public static func noteHash(_ noteHash: Fr, contract: Fr) -> Fr {
        Poseidon2.hash([contract, noteHash], separator: .siloedNoteHash)
    }

    /// `firstNullifier`: element 0 of the tx's non-revertible nullifiers; `index`: note hashes emitted before.
    public static func nonce(firstNullifier: Fr, index: UInt64) -> Fr {
        Poseidon2.hash([firstNullifier, Fr(index)], separator: .noteHashNonce)
    }

    public static func uniqueNoteHash(nonce: Fr, siloedNoteHash: Fr) -> Fr {
        Poseidon2.hash([nonce, siloedNoteHash], separator: .uniqueNoteHash)
    }

    public static func nullifier(_ nullifier: Fr, contract: Fr) -> Fr {
        Poseidon2.hash([contract, nullifier], separator: .outerNullifier)
    }

    /// The tree key of a public storage slot.
    public static func publicDataLeafSlot(contract: Fr, slot: Fr) -> Fr {
        Poseidon2.hash([contract, slot], separator: .publicLeafIndex)
    }

    /// The slot of a map's entry; no separator.
    public static func mapSlot(_ slot: Fr, key: Fr) -> Fr { Poseidon2.hashPair(slot, key) }

    /// First field of a private log or contract-class log.
    public static func logField(_ field: Fr, contract: Fr) -> Fr { Poseidon2.hashPair(contract, field) }

    public static func secretHash(_ secret: Fr) -> Fr { Poseidon2.hash([secret], separator: .secretHash) }

    /// Consumption of an L1→L2 message, siloed by the consuming contract.
    public static func l1ToL2MessageNullifier(contract: Fr, messageHash: Fr, secret: Fr) -> Fr {
        nullifier(Poseidon2.hash([messageHash, secret], separator: .messageNullifier), contract: contract)
    }

    /// The L2→L1 leaf; zero when the contract is zero.
    public static func l2ToL1Message(contract: Fr, version: Fr, recipient: Fr, chainID: Fr, content: Fr) -> Fr {
        contract.isZero ? .zero : SHA256.truncatedToField([contract, version, recipient, chainID, content])
    }

    /// The L1→L2 leaf. `sender` is the L1 address as a field.
    public static func l1ToL2Message(
        sender: Fr, chainID: Fr, recipient: Fr, version: Fr, content: Fr, secretHash: Fr, index: Fr
    ) -> Fr {
        SHA256.truncatedToField([sender, chainID, recipient, version, content, secretHash, index])
    }

    /// One step of the inbox's rolling hash: 16 bytes in, 16 bytes out.
    public static func inboxRollingHash(_ previous: [UInt8], leaf: Fr) -> [UInt8] {
        precondition(previous.count == 16)
        return Array(Keccak256.hash(previous + leaf.bytes)[..<16])
    }

    /// Storage slot of a payer's balance in the fee-juice contract.
    public static func feePayerBalanceSlot(_ payer: Fr) -> Fr { mapSlot(1, key: payer) }

    public static func feePayerBalanceLeafSlot(_ payer: Fr) -> Fr {
        publicDataLeafSlot(contract: 5, slot: feePayerBalanceSlot(payer))
    }

    /// First of the four consecutive slots of a contract's upgrade record in contract 2; the hash is at + 3.
    public static func contractUpdateSlot(_ contract: Fr) -> Fr { mapSlot(1, key: contract) }
}
