extension ProtocolContract {
    public static let multiCallEntrypoint = ProtocolContract(
        name: "MultiCallEntrypoint",
        address: AztecAddress(4),
        derivedAddress: "16ced0efc954438f573dcdfed72292742a5774f92b53c0891d95f8d768fcfff3",
        classId: "21701d1c2d8e9cfeee265333baeff963f5fb432a0215124882c6ec44d0b1a5f8",
        artifactHash: "03fd696c412da814f3313914c77d2ce35eb107c3037c9450d29bcb65215a6fd8",
        privateFunctionsRoot: "051a36447568a117299575027b000a5fe4c3979f5cdc7fcb9dd185eaf794fb0d",
        bytecodeCommitment: "136df56b2c789090458197f8589ee9a9215579138440b4fe7cd9d33e8d88151c",
        privateFunctions: [
            ("ea92cc40", "153a3156faf6fa847a7f5441ba720ea1c8f219c512c97a4b3b23623d11425efd"),
        ],
        functions: [
            Function(.private, "entrypoint(([(Field,(u32),(Field),bool,bool);4],Field))"),
            Function(.utility, "sync_private_state()"),
            Function(.public, "public_dispatch(Field)"),
        ],
        packedBytecode: """
            JwAABAEqAAABBRhSVSgKJhpbPAAAAQ==
            """)
}
