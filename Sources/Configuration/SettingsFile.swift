import JSON

/// Lines `NAME = value` of a configuration file or a `.env` file: `#` comments, optional `export`, values in single or
/// double quotes taken as they stand (in double quotes `\n`, `\t`, `\"`, `\\` are read).
enum SettingsFile {
    struct Line: Equatable {
        var number: Int
        var name: String
        var value: String
    }

    static func parse(_ text: String, path: String) throws(ConfigurationError) -> [Line] {
        var lines: [Line] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = String(raw).trimmingBlanks()
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = String(line.dropFirst(7)).trimmingBlanks() }
            guard let equals = line.firstIndex(of: "=") else {
                throw ConfigurationError("\(path):\(index + 1): «NAME = value» is expected, found «\(line)»")
            }
            let name = String(line[..<equals]).trimmingBlanks()
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "_.-".contains($0) }) else {
                throw ConfigurationError("\(path):\(index + 1): «\(name)» is no name")
            }
            lines.append(Line(number: index + 1, name: name, value: try value(line[line.index(after: equals)...], "\(path):\(index + 1)")))
        }
        return lines
    }

    private static func value(_ text: Substring, _ place: String) throws(ConfigurationError) -> String {
        let text = String(text).trimmingBlanks()
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            // An unquoted value ends at a comment.
            var end = text.startIndex
            while end < text.endIndex {
                if text[end] == "#", end == text.startIndex || text[text.index(before: end)].isWhitespace { break }
                end = text.index(after: end)
            }
            return String(text[..<end]).trimmingBlanks()
        }
        var value = ""
        var escaped = false
        for letter in text.dropFirst() {
            if escaped {
                switch letter {
                case "n": value.append("\n")
                case "t": value.append("\t")
                default: value.append(letter)
                }
                escaped = false
            } else if letter == "\\", quote == "\"" {
                escaped = true
            } else if letter == quote {
                return value
            } else {
                value.append(letter)
            }
        }
        throw ConfigurationError("\(place): the quote is not closed")
    }
}
