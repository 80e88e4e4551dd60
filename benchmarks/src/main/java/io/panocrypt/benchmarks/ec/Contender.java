package io.panocrypt.benchmarks.ec;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** One implementation of an operation. It measures the processor time of the thread that does the work. */
interface Contender {
    /** The column of the table. */
    Rival rival();

    /** The time of {@code operations} consecutive operations, in nanoseconds; {@code operations} is at least 1. */
    long nanosOf(int operations) throws GeneralSecurityException, IOException;
}
