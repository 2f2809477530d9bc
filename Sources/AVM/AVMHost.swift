public import Field
public import Protocol

/// The world of one transaction as its frames see it («note 03 §9, §10»): every read sees every write before it in the
/// transaction. Checks of static frames, tags and gas are the interpreter's and come first; limits on side effects and
/// existence checks are the host's and come as `AVMFault.halt`.
public protocol AVMHost: AnyObject {
    // MARK: Public data

    func readStorage(_ contract: AztecAddress, slot: Fr) throws(AVMFault) -> Fr
    func writeStorage(_ contract: AztecAddress, slot: Fr, value: Fr) throws(AVMFault)

    // MARK: Note hashes, nullifiers, messages

    /// Whether the leaf at `index` equals `noteHash` as it is. `index` is below 2^64 (more is fatal, checked before).
    func noteHashExists(_ noteHash: Fr, at index: UInt64) throws(AVMFault) -> Bool
    /// Silos it and makes it unique.
    func emitNoteHash(_ contract: AztecAddress, _ noteHash: Fr) throws(AVMFault)
    func nullifierExists(_ contract: AztecAddress, _ nullifier: Fr) throws(AVMFault) -> Bool
    /// Halts when it exists already.
    func emitNullifier(_ contract: AztecAddress, _ nullifier: Fr) throws(AVMFault)
    func l1ToL2MessageExists(_ hash: Fr, at index: UInt64) throws(AVMFault) -> Bool
    func sendL2ToL1Message(_ contract: AztecAddress, recipient: EthAddress, content: Fr) throws(AVMFault)

    // MARK: Public logs

    /// Halts when the transaction has its 8 logs already («note 03 §7.2», 4: this comes before the check of the length).
    func requirePublicLogRoom() throws(AVMFault)
    /// At most 13 fields.
    func emitPublicLog(_ contract: AztecAddress, _ fields: [Fr]) throws(AVMFault)

    // MARK: Contracts

    /// nil: no such instance.
    func contractInstance(_ address: AztecAddress) throws(AVMFault) -> ContractInstance?
    /// The code that runs at `address`, its class counted against the limit of the transaction; nil: no such instance.
    func program(of address: AztecAddress) throws(AVMFault) -> Program?

    // MARK: Journal, around every nested call

    /// Opens a nested part of the journal; `merge` or `reject` ends the newest.
    func fork()
    func merge()
    func reject()
}
