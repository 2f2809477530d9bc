import PublicExecution
import Testing

@Test func nothingIsPublishedByDefault() {
    #expect(TxDiff().contracts.isEmpty)
}
