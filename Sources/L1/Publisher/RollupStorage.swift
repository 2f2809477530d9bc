/// Storage of the rollup contract that simulations override (note 05 §4, §12).
public enum RollupStorage {
    /// Flag that switches blob checks off when it is zero.
    public static let checkBlobSlot: UInt64 = 4
}
