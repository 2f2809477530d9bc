import ConformanceKit

public enum ConstantsConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
