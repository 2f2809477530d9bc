extension PrivateLog: PaddedItem {
    public static var padding: PrivateLog { .zero }
    public static var fieldCount: Int { ProtocolConstants.privateLogLength }
}
