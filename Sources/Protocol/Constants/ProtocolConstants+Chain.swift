public import Field

// Genesis, blocks, default keys and the rest.
extension ProtocolConstants {
    public static let aztecMaxEpochDuration = 48
    public static let blockNumberBitSize = 32
    public static let grumpkinOneX = 1
    public static let initialL2BlockNumber = 1
    public static let numberOfL1L2MessagesPerRollup = 16
    public static let numberPrivateToAVMAccumulatedDataArrays = 3
    public static let defaultIvpkMX = constant("c044b05b6ca83b9c2dbae79cc1135155956a64e136819136e9947fe5e5866c")
    public static let defaultIvpkMY = constant("1c1f0ca244c7cd46b682552bff8ae77dea40b966a71de076ec3b7678f2bdb151")
    public static let defaultNpkMX = constant("1498945581e0eb9f8427ad6021184c700ef091d570892c437d12c7d90364bbd")
    public static let defaultNpkMY = constant("170ae506787c5c43d6ca9255d571c10fa9ffa9d141666e290c347c5c9ab7e344")
    public static let defaultOvpkMX = constant("1b00316144359e9a3ec8e49c1cdb7eeb0cedd190dfd9dc90eea5115aa779e287")
    public static let defaultOvpkMY = constant("80ffc74d7a8b0bccb88ac11f45874172f3847eb8b92654aaa58a3d2b8dc7833")
    public static let defaultTpkMX = constant("19c111f36ad3fc1d9b7a7a14344314d2864b94f030594cd67f753ef774a1efb")
    public static let defaultTpkMY = constant("2039907fe37f08d10739255141bb066c506a12f7d1e8dfec21abc58494705b6f")
    public static let feeFundingForTesterAccount = constant("3635c9adc5dea00000")
    public static let genesisArchiveRoot = constant("237797d6a2c04d20d4fa06b74482bd970ccd51a43d9b05b57e9b91fa1ae1cae")
    public static let grumpkinOneY = constant("2cf135e7506a45d632d270d45f1181294833fc48d823f272c")
    public static let maxFieldValue = constant("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000")
    public static let twoPow64 = constant("10000000000000000")
}
