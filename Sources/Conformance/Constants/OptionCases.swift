import Configuration
import ConformanceKit
import JSON

/// `aztec start` options in their order.
enum OptionCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        let own = OptionTable.options.filter { $0.hasFlag && $0.group != "QUETZAL" }
        let groups = OptionTable.groups.filter { $0 != "QUETZAL" }
        report.check(file: file, case: "groups", expected: root["groups"]!.elements.compactMap(\.string), got: groups)
        let given = root["options"]!.elements.map { $0 }
        report.check(file: file, case: "order of options", expected: given.compactMap { $0["name"]?.string }, got: own.map(\.name))
        for option in given {
            let name = option["name"]?.string ?? ""
            guard let mine = OptionTable.byFlag[name] else {
                report.fail(file: file, case: name, expected: "an option", got: "none")
                continue
            }
            let expected = [option["group"]?.string, option["flag"]?.string, option["takesValue"]?.string, option["env"]?.string, option["default"].map(text), option["printedDefault"]?.string]
            let got = [mine.group, mine.flag, mine.argument.rawValue, mine.environment, ValueText.text(defaultValue(mine)), mine.printedDefault]
            report.check(file: file, case: name, expected: expected.map { $0 ?? "-" }, got: got.map { $0 ?? "-" })
            let help = "    " + (option["flag"]?.string ?? "")
            report.check(file: file, case: "\(name) in the help", expected: true, got: HelpText.start().contains(help))
        }
    }

    /// Switches have no default but where one is stated.
    private static func defaultValue(_ option: Option) -> OptionValue {
        if option.kind == .toggle { return option.defaultText == "true" ? .flag(true) : .absent }
        return option.defaultValue
    }

    private static func text(_ element: JSONElement) -> String { ValueText.text(element) }
}

/// One text for values of ours and of the files, where `"undefined"`, `"NaN"` and `bigint:n` are textual stand-ins.
enum ValueText {
    static func text(_ value: OptionValue) -> String {
        switch value {
        case .absent: "undefined"
        case .text(let text): text
        case .number(let number): JSONText.javaScript(number)
        case .big(let digits): "bigint:" + digits
        case .flag(let flag): "\(flag)"
        case .list(let list): "[" + list.map(text).joined(separator: ",") + "]"
        case .record(let members): "{" + members.sorted { $0.key < $1.key }.map { "\($0.key):\(text($0.value))" }.joined(separator: ",") + "}"
        }
    }

    static func text(_ element: JSONElement) -> String {
        switch element.kind {
        case .string: element.string ?? ""
        case .number: JSONText.javaScript(element.double ?? .nan)
        case .bool: "\(element.bool ?? false)"
        case .null: "null"
        case .array: "[" + element.elements.map(text).joined(separator: ",") + "]"
        case .object: "{" + element.members.sorted { $0.key < $1.key }.map { "\($0.key):\(text($0.value))" }.joined(separator: ",") + "}"
        }
    }
}
