import Blobs
import Bytes
public import ConformanceKit
import JSON

/// Set `kzg`: Ethereum's cases for EIP-4844. A file counts when it is JSON with `cases` and `blobs`.
public enum KZGConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        let kzg = try KZG()
        for path in try Vectors.files(in: directory, recursive: true) {
            let document = try Vectors.json(path)
            guard let cases = document.root["cases"], cases.isArray else { continue }
            let inputs = Inputs(blobs: document.root["blobs"])
            for (index, element) in cases.elements.enumerated() {
                let name = element["name"]?.string ?? "case \(index)"
                let outcome = Result { try Case(element, inputs).run(kzg) }
                check(outcome, element["output"], Vectors.name(path), name, &report)
            }
        }
    }

    private static func check(
        _ outcome: Result<Value, any Error>, _ expected: JSONElement?, _ file: String, _ name: String, _ report: inout ConformanceReport
    ) {
        let expectation = expected.flatMap(Value.init)
        let text = expectation.map { "\($0)" } ?? "a refusal"
        switch outcome {
        case .success(let value) where value == expectation: report.pass()
        case .success(let value): report.fail(file: file, case: name, expected: text, got: "\(value)")
        case .failure(let failure as Case.Unknown): report.fail(file: file, case: name, expected: "a known function", got: failure.function)
        case .failure(let error):
            if expectation == nil { report.pass() } else { report.fail(file: file, case: name, expected: text, got: "\(error)") }
        }
    }
}

/// What a function gives: a truth value, hex text, or several of those.
enum Value: Equatable {
    case truth(Bool)
    case text(String)
    case list([Value])

    init?(_ json: JSONElement) {
        if let bool = json.bool {
            self = .truth(bool)
        } else if let string = json.string {
            self = .text(string)
        } else if json.isArray {
            self = .list(json.elements.compactMap(Value.init))
        } else {
            return nil
        }
    }

    init(_ bytes: [UInt8]) { self = .text(bytes.hex) }
}

struct Refusal: Error {
    var reason: String
}

/// Readers of a case's input, which names blobs by their key in the file's table.
struct Inputs {
    var blobs: JSONElement?

    func text(_ json: JSONElement?) throws -> String {
        guard let text = json?.string else { throw Refusal(reason: "no text") }
        return blobs?[text]?.string ?? text
    }

    func bytes(_ json: JSONElement?) throws -> [UInt8] {
        guard let bytes = Hex.decode(try text(json)) else { throw Refusal(reason: "no hex") }
        return bytes
    }

    func blob(_ json: JSONElement?) throws -> Blob { try Blob(bytes: bytes(json)) }

    func point(_ json: JSONElement?) throws -> KZGPoint {
        guard let point = KZGPoint(bytes: try bytes(json)) else { throw Refusal(reason: "point of another length") }
        return point
    }

    func scalar(_ json: JSONElement?) throws -> BLSScalar {
        guard let scalar = BLSScalar(bytes: try bytes(json)) else { throw Refusal(reason: "no scalar") }
        return scalar
    }

    func list<T>(_ json: JSONElement?, _ read: (JSONElement) throws -> T) throws -> [T] {
        guard let json, json.isArray else { throw Refusal(reason: "no list") }
        return try json.elements.map(read)
    }
}

struct Case {
    struct Unknown: Error {
        var function: String
    }

    var function: String
    var input: JSONElement?
    var inputs: Inputs

    init(_ json: JSONElement, _ inputs: Inputs) {
        function = json["function"]?.string ?? ""
        input = json["input"]
        self.inputs = inputs
    }

    func run(_ kzg: KZG) throws -> Value {
        func blob() throws -> Blob { try inputs.blob(input?["blob"]) }
        func commitment() throws -> KZGPoint { try inputs.point(input?["commitment"]) }
        func proof() throws -> KZGPoint { try inputs.point(input?["proof"]) }
        func scalar(_ name: String) throws -> BLSScalar { try inputs.scalar(input?[name]) }
        switch function {
        case "blob_to_kzg_commitment":
            return Value(try kzg.commit(to: blob()).bytes)
        case "compute_challenge":
            return Value(KZG.sidecarChallenge(try blob(), try commitment()).bytes)
        case "compute_kzg_proof":
            let (proof, y) = try kzg.open(blob(), at: scalar("z"))
            return .list([Value(proof.bytes), Value(y.bytes)])
        case "compute_blob_kzg_proof":
            return Value(try kzg.sidecarProof(blob(), commitment: commitment()).bytes)
        case "verify_kzg_proof":
            return .truth(try kzg.verify(commitment(), z: scalar("z"), y: scalar("y"), proof: proof()))
        case "verify_blob_kzg_proof":
            return .truth(try kzg.verify(blob(), commitment: commitment(), sidecarProof: proof()))
        case "verify_blob_kzg_proof_batch":
            return .truth(try kzg.verify(
                inputs.list(input?["blobs"], inputs.blob), commitments: inputs.list(input?["commitments"], inputs.point),
                sidecarProofs: inputs.list(input?["proofs"], inputs.point)))
        default:
            throw Unknown(function: function)
        }
    }
}
