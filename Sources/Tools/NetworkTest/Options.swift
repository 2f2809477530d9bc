/// `--name value` pairs behind a command.
struct Options {
    private var values: [String: String] = [:]
    var words: [String] = []

    init(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let word = rest.popFirst() {
            if word.hasPrefix("--") { values[String(word.dropFirst(2))] = rest.popFirst() ?? "" } else { words.append(word) }
        }
    }

    subscript(_ name: String) -> String? { values[name] }
    func int(_ name: String, _ standard: Int) -> Int { values[name].flatMap { Int($0) } ?? standard }
}
