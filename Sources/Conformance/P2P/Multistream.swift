import Bytes
import ConformanceKit
import JSON
import PeerTransport

/// `multistream.json`: each side of a transcript alone, fed with what the other wrote; all it writes must be what was recorded.
enum MultistreamChecks {
    @Sendable static func run(document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, element) in numbered(document["cases"]) {
            let label = "case \(index) \(element["label"]?.string ?? "")"
            func written(by side: String) -> [[UInt8]] {
                element["frames"]?.elements.filter { $0["from"]?.string == side }.compactMap { $0["bytes"]?.string.flatMap { Hex.decode($0) } } ?? []
            }
            func names(_ key: String) -> [String]? { element[key]?.elements.compactMap(\.string) }
            if let proposed = names("dialerProposes"), !proposed.isEmpty {
                var negotiator = MultistreamNegotiator(dialing: proposed)
                let opening = negotiator.opening
                check(file, label + " dialer", &negotiator, opening, written(by: "listener"), written(by: "dialer"), element["dialerResult"], &report)
            }
            if let supported = names("listenerSupports") {
                var negotiator = MultistreamNegotiator(listening: supported)
                check(file, label + " listener", &negotiator, [], written(by: "dialer"), written(by: "listener"), element["listenerResult"], &report)
            }
        }
    }

    private static func check(
        _ file: String, _ label: String, _ negotiator: inout MultistreamNegotiator, _ opening: [UInt8], _ fed: [[UInt8]], _ expected: [[UInt8]],
        _ result: JSONElement?, _ report: inout ConformanceReport
    ) {
        var sent = opening
        var agreed: String?
        var refusal: MultistreamError?
        for bytes in fed where agreed == nil && refusal == nil {
            do throws(MultistreamError) {
                if case .agreed(let name, _) = try negotiator.receive(bytes[...], replies: &sent) { agreed = name }
            } catch {
                refusal = error
            }
        }
        report.check(file: file, case: label + " writes", expected: expected.flatMap { $0 }.hex, got: sent.hex)
        let outcome = agreed ?? refusal.map { "refused: \($0)" } ?? "no end"
        switch result?.string {
        case let name? where name.hasPrefix("/"): report.check(file: file, case: label + " result", expected: name, got: outcome)
        case _?: report.check(file: file, case: label + " result", expected: "no end", got: outcome)
        case nil:
            // An object: it throws. The words are the reference's; ours must be about the same.
            let reason = result?["throws"]?.string ?? ""
            let fits: Bool =
                switch refusal {
                case nil: false
                case .missingNewline?: reason.contains("newline")
                case .lengthTooLong?: reason.contains("length length")
                case .messageTooLong?: reason.contains("message length too long")
                case .refused?: reason.contains("selection failed")
                default: true
                }
            if fits { report.pass() } else { report.fail(file: file, case: label + " result", expected: reason, got: outcome) }
        }
    }
}

/// The cases of a list with their numbers.
func numbered(_ list: JSONElement?) -> [(index: Int, element: JSONElement)] { list?.elements.enumerated().map { ($0.offset, $0.element) } ?? [] }
