import ConformanceKit

public enum TypesConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
