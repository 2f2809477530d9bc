import Field

/// The parts of a tx effect in a blob that come behind a prefix word, with the type byte of that word.
enum BlobCategory: UInt8 {
    case noteHashes = 3
    case nullifiers = 4
    case l2ToL1Messages = 5
    case publicDataWrites = 6
    case privateLogs = 7
    case publicLogs = 8
    case contractClassLogs = 9
}

/// The words that frame a tx effect in a blob (note 02 §13).
enum BlobWords {
    /// "tx_start"
    static let startPrefix: UInt64 = 0x7478_5f73_7461_7274

    /// `"tx_start" ‖ 00 ‖ count ‖ 00 01 00 ‖ revert code`, right-aligned.
    static func start(count: Int, revertCode: RevertCode) -> Fr {
        let low = startPrefix << 56 | UInt64(UInt16(count)) << 32 | 1 << 16 | UInt64(revertCode.rawValue)
        return Fr(unchecked: Limbs4(low, startPrefix >> 8, 0, 0))
    }

    /// `00 02 00 ‖ low 29 bytes of the fee`.
    static func fee(_ fee: Fr) -> Fr {
        var value = fee.integer
        value.l3 = value.l3 & 0xff_ffff_ffff | 2 << 48
        return Fr(unchecked: value)
    }

    static func prefix(_ category: BlobCategory, count: Int) -> Fr {
        Fr(UInt64(category.rawValue) << 24 | UInt64(UInt16(count)))
    }

    /// Field count and revert code byte of a start word; nil for any other word.
    static func parseStart(_ word: ArraySlice<UInt8>) -> (count: Int, revertCode: UInt8)? {
        let at = word.startIndex
        guard word.count == 32, word.prefix(17).allSatisfy({ $0 == 0 }) else { return nil }
        var prefix: UInt64 = 0
        for byte in word[(at + 17)..<(at + 25)] { prefix = prefix << 8 | UInt64(byte) }
        guard prefix == startPrefix, word[at + 29] == 1, word[at + 31] <= 4 else { return nil }
        return (Int(word[at + 26]) << 8 | Int(word[at + 27]), word[at + 31])
    }
}
