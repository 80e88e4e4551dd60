package io.panocrypt.benchmarks.ec;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/** A contender in this JVM. Its time excludes compiler and collector threads. */
record JavaContender(Rival rival, Operation operation) implements Contender {
    // Written and never read: the compiler must compute a result that escapes.
    private static volatile @Nullable Object sink;

    @Override
    public long nanosOf(int operations) throws GeneralSecurityException {
        return nanosOf(operation, operations);
    }

    /** The processor time of {@code operations} consecutive runs, in nanoseconds. */
    static long nanosOf(Operation operation, int operations) throws GeneralSecurityException {
        long start = ProcessorTime.now();
        for (int i = 0; i < operations; i++) {
            sink = operation.run();
        }
        return ProcessorTime.now() - start;
    }
}
