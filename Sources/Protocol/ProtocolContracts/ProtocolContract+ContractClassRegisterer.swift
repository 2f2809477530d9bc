extension ProtocolContract {
    public static let contractClassRegisterer = ProtocolContract(
        name: "ContractClassRegisterer",
        address: AztecAddress(3),
        derivedAddress: "168d24baa470e778a7da8eabcf137d7837292c1e0bca83b615dcd0f084c23ac7",
        classId: "11f535ccbee17c9ef989192c1c2044a95587d22d315d4c01b9365c50dde17a32",
        artifactHash: "01fe11457ac2b075ae416c6695a2441f4254e5981015dc6a1f94a797658bba69",
        privateFunctionsRoot: "2d5522c522519813563f996b3eec874a4785066d7c4fe3f435867368a76d2964",
        bytecodeCommitment: "136df56b2c789090458197f8589ee9a9215579138440b4fe7cd9d33e8d88151c",
        privateFunctions: [
            ("656b7af3", "26c15d9245edf46af51ef53cde22a01cd69de464f83e038dcd2ee9670289a7c7"),
            ("699a4de0", "1e230865abcf6d9be34b6c1bc6915d3bb23fab7f0e078bccf76aaa06793fb0f9"),
            ("9008673a", "0ad695c5d1fa50cba8b0c65c82b1ad4fbb209591592f9aa7850e4434871a4098"),
            ("a139e539", "09645c1f3718e2ddd15d20670079e2eef97261693350a6012c66f57fc2dfff4a"),
        ],
        functions: [
            Function(.private, "assert_class_id_is_registered((Field))"),
            Function(.private, "broadcast_private_function((Field),Field,Field,[Field;5],Field,[Field;5],Field,((u32),Field,Field))"),
            Function(.private, "broadcast_utility_function((Field),Field,Field,[Field;5],Field,((u32),Field))"),
            Function(.private, "register(Field,Field,Field)"),
            Function(.utility, "sync_private_state()"),
            Function(.public, "public_dispatch(Field)"),
        ],
        packedBytecode: """
            JwAABAEqAAABBRhSVSgKJhpbPAAAAQ==
            """)
}
