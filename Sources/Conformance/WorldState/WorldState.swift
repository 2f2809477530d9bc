import ConformanceKit

public enum WorldStateConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
