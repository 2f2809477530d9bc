public import ConformanceKit

/// Set `discv5`: the wire vectors of the devp2p specification.
public enum Discv5Conformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {}
}
