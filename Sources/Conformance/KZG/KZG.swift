import ConformanceKit

public enum KZGConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
