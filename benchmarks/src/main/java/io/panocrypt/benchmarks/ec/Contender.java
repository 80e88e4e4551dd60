package io.panocrypt.benchmarks.ec;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** One way to do an operation, which times itself by the processor time of the thread that does the work. */
interface Contender {
    /** The column that it stands in. */
    Rival rival();

    /** The time, in nanoseconds, that this many operations in a row take; at least 1. */
    long nanosOf(int operations) throws GeneralSecurityException, IOException;
}
