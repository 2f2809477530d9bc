/// One line of the control socket, understood.
package enum ControlRequest: Equatable {
    package struct Change: Equatable {
        package var kind: String
        package var count: Int
    }

    case scale([Change])
    case reload
    case stop
    case refused(String)

    package init(parsing request: String) {
        let words = request.split(separator: " " as Character).map { String($0) }
        switch words.first {
        case "scale":
            var changes: [Change] = []
            for word in words.dropFirst() {
                let parts = word.split(separator: "=" as Character).map { String($0) }
                guard parts.count == 2, let count = Int(parts[1]) else {
                    self = .refused("«\(word)» is not KIND=NUMBER")
                    return
                }
                changes.append(Change(kind: parts[0], count: count))
            }
            self = changes.isEmpty ? .refused("scale needs KIND=NUMBER") : .scale(changes)
        case "reload": self = .reload
        case "stop": self = .stop
        default: self = .refused("unknown request «\(words.first ?? "")»")
        }
    }
}
