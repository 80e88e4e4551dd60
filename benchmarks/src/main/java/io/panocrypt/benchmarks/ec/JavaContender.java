package io.panocrypt.benchmarks.ec;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/** A contender in this JVM; compiler and collector threads are not in its time. */
record JavaContender(Rival rival, Operation operation) implements Contender {
    // Written and never read: a result that escapes must be computed.
    private static volatile @Nullable Object sink;

    @Override
    public long nanosOf(int operations) throws GeneralSecurityException {
        return nanosOf(operation, operations);
    }

    /** The processor time, in nanoseconds, that this many runs in a row take. */
    static long nanosOf(Operation operation, int operations) throws GeneralSecurityException {
        long start = ProcessorTime.now();
        for (int i = 0; i < operations; i++) {
            sink = operation.run();
        }
        return ProcessorTime.now() - start;
    }
}
