import ExecutionPool
import Testing

@Test func figuresBeginAtZero() { #expect(ExecutorFigures().runs == 0) }
