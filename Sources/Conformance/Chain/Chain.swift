import ConformanceKit

public enum ChainConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
