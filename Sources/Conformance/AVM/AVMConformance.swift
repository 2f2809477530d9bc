public import ConformanceKit

/// Public transactions and AVM programs recorded from the reference (vectors/avm/README.md).
public enum AVMConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        throw Vectors.Failure("the avm set lands with the transaction simulator")
    }
}
