import Configuration
import IPC
import PublicExecution

extension ResolvedConfiguration {
    /// Calls allowed in a transaction's setup (TX_PUBLIC_SETUP_ALLOWLIST).
    func setupAllowList() throws -> SetupAllowList {
        guard let text = setupAllowListText else { return .default }
        do { return try SetupAllowList(parsing: text) } catch { throw WorkerFailure(error.description, isPermanent: true) }
    }
}
