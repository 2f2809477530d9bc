import Glibc

/// Runs `second` on a thread of its own while this one runs `first`; returns when both are done.
///
/// For work of milliseconds that halves on two cores (two trees of one block). The closures must not touch the
/// same mutable state.
public func concurrently(_ first: () -> Void, _ second: () -> Void) {
    withoutActuallyEscaping(second) { second in
        let box = Unmanaged.passRetained(Work(second))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 512 << 10)
        let started = pthread_create(&thread, &attributes, { argument in
            let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
            work.body()
            return nil
        }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        if started == 0 {
            first()
            pthread_join(thread, nil)
        } else {
            // No thread to be had (a limit): the work is done all the same.
            first()
            box.takeRetainedValue().body()
        }
    }
}

private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}
