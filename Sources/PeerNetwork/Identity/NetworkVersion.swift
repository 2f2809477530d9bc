/// Comparison of network version strings, `00-<chain>-<rollup>-<version>-<protocol contracts>-<circuits>` («note 07 §2»).
public enum NetworkVersion {
    /// Whether the first six parts are equal; the reference looks at no more.
    public static func isCompatible(_ remote: String, with own: String) -> Bool {
        remote.split(separator: "-", omittingEmptySubsequences: false).prefix(6) == own.split(separator: "-", omittingEmptySubsequences: false).prefix(6)
    }
}
