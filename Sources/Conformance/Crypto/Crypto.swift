import ConformanceKit

public enum CryptoConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
