import ConformanceKit

public enum L1Conformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
