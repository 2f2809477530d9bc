/// Help out of the option table.
public enum HelpText {
    static let flagWidth = 63
    static let defaultWidth = 69

    /// `aztec help start`: every option by section in the reference's layout (note 08 §5.7).
    public static func start(colours: Bool = false) -> String {
        func paint(_ text: String, _ code: String) -> String { colours && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }
        var lines = [""]
        for group in OptionTable.groups {
            lines.append(paint("  \(group)", "1;34"))
            lines.append("")
            for option in OptionTable.options where option.group == group {
                let byDefault = printedDefault(option).map { "(default: \($0))" } ?? ""
                let variable = option.environment.map { "($\($0))" } ?? ""
                lines.append("    " + paint(padded(option.flag, flagWidth), "36") + paint(padded(byDefault, defaultWidth), "33") + paint(variable, "32"))
                lines.append("          " + paint(option.description, "37"))
                lines.append("")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Default as help shows it; nil for what JavaScript calls falsy.
    public static func printedDefault(_ option: Option) -> String? {
        if let printed = option.printedDefault { return printed }
        if option.kind == .toggle { return option.defaultText }
        switch option.defaultValue {
        case .absent, .flag(false), .number(0), .text(""): return nil
        // An empty list is truthy there and prints as nothing.
        case .list(let list): return list.map(plain).joined(separator: ",")
        case let value: return plain(value)
        }
    }

    private static func plain(_ value: OptionValue) -> String {
        switch value {
        case .text(let text), .big(let text): text
        case .number(let number): number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : "\(number)"
        case .flag(let flag): String(flag)
        default: ""
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The option table as Markdown, for `docs/configuration.md`.
    public static func markdown() -> String {
        var text = "# Options\n\nOrder of strength: flag, environment, `.env`, configuration file (`--config`), network preset, default.\n"
        for group in OptionTable.groups + ["ENVIRONMENT"] {
            text += "\n## \(group)\n\n| flag | variable | default | part | meaning |\n|---|---|---|---|---|\n"
            for option in OptionTable.options where option.group == group {
                let cells = [option.hasFlag ? "`\(option.flag)`" : "", option.environment.map { "`\($0)`" } ?? "", printedDefault(option) ?? "", option.part, option.description]
                text += "| " + cells.map { $0.split(separator: "|").joined(separator: "\\|") }.joined(separator: " | ") + " |\n"
            }
        }
        return text
    }

    /// A commented configuration file with the options that this build uses, for `etc/quetzal.conf`.
    public static func exampleFile() -> String {
        var text = """
            # Configuration of the node (aztec start --config PATH, or QUETZAL_CONFIG=PATH).
            # Lines NAME = value; names are those of the environment variables, or of the flags without dashes.
            # Flags, environment and .env are stronger than this file; a network preset is weaker.
            # Every line below shows the default; take the # away to change it.

            """
        for group in OptionTable.groups + ["ENVIRONMENT"] {
            let options = OptionTable.options.filter { $0.group == group && ["node", "p2p", "execution"].contains($0.part) && $0.environment != nil && $0.key != "QUETZAL_CONFIG" }
            if options.isEmpty { continue }
            text += "\n# \(group)\n"
            for option in options {
                text += "\n# \(option.description)" + (option.hasFlag ? " (--\(option.name))" : "") + "\n"
                text += "# \(option.key) = \(option.defaultText.map { $0 == "[]" ? "" : $0 } ?? "")\n"
            }
        }
        return text
    }
}
