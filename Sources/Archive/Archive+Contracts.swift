import Protocol
import Storage
extension Archive {
    func putContracts(of block: L2Block, number: UInt64, to batch: WriteBatch) throws(ArchiveError) {}
    func deleteContracts(of block: L2Block, number: UInt64, to batch: WriteBatch) throws(ArchiveError) {}
}
