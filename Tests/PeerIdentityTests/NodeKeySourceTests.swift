import Glibc
import PeerIdentity
import TemporaryFiles
import Testing

@Suite struct NodeKeySourceTests {
    final class MemoryStore: NodeKeyStore {
        var text: String?
        func loadNodeKey() -> String? { text }
        func save(nodeKey: String) { text = nodeKey }
    }

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = try TemporaryDirectory("key")
        try withExtendedLifetime(directory) { try body(directory.path) }
    }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func configurationThenFileThenStoreThenNew() throws {
        try withDirectory { directory in
            let path = directory + "/deep/er/key"
            let store = MemoryStore()
            let made = try NodeKeySource(configured: nil, path: path, dataDirectory: directory, store: store).find()
            #expect(made.origin == .generated)
            #expect(mode(path) == 0o600)
            #expect(try SmallFile.read(path, limit: 100) == Array(made.key.text.utf8))
            #expect(store.text == nil)
            // A new line, as editors leave it, is no part of the key.
            try SmallFile.write(path, Array((made.key.text + "\n").utf8))
            let again = try NodeKeySource(configured: "", path: path, dataDirectory: nil).find()
            #expect(again.origin == .file)
            #expect(again.key.id == made.key.id)
            // A configured key goes before the file's and replaces it.
            let other = NodeKey.generate()
            let configured = try NodeKeySource(configured: other.text, path: path, dataDirectory: nil).find()
            #expect(configured.origin == .configuration)
            #expect(try NodeKeySource(configured: nil, path: path, dataDirectory: nil).find().key.id == other.id)
        }
    }

    @Test func theStoreServesWhereThereIsNoFile() throws {
        try withDirectory { directory in
            let store = MemoryStore()
            let made = try NodeKeySource(configured: nil, path: nil, dataDirectory: nil, store: store).find()
            #expect(store.text == made.key.text)
            let found = try NodeKeySource(configured: nil, path: nil, dataDirectory: directory, store: store).find()
            #expect(found.origin == .store)
            #expect(found.key.id == made.key.id)
            #expect(try SmallFile.read(directory + "/" + NodeKeySource.fileName, limit: 100) == Array(made.key.text.utf8))
        }
    }

    @Test func aFileThatHoldsNoKeyIsAnErrorAndStays() throws {
        try withDirectory { directory in
            let path = directory + "/" + NodeKeySource.fileName
            try SmallFile.write(path, Array("not a key".utf8))
            #expect(throws: NodeKeySource.Failure.self) { try NodeKeySource(configured: nil, path: nil, dataDirectory: directory).find() }
            #expect(try SmallFile.read(path, limit: 100) == Array("not a key".utf8))
            #expect(throws: NodeKeySource.Failure.self) { try NodeKeySource(configured: "0x" + NodeKey.generate().text, path: path, dataDirectory: nil).find() }
        }
    }
}
