import IPC

// A link with several producers or consumers of a kind has a ring for each, numbered behind its name.

extension OutputLink {
    /// As the topology declares it.
    var declaredName: Substring { name.prefix { $0 != "." } }
}

extension InputLink {
    /// As the topology declares it.
    var declaredName: Substring { name.prefix { $0 != "." } }
}
