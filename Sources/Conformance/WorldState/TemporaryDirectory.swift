import ConformanceKit
import Storage
import TemporaryFiles
import WorldState

extension TemporaryDirectory {
    func open() throws -> Database {
        try Database(path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState)
    }
}
