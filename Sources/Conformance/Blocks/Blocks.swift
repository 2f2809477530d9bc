import ConformanceKit

public enum BlocksConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
