package io.panocrypt.standalone;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What connections of machines may cost.
 *
 * @param patience how long a whole header may take, counted from the end of the request before, and a whole body
 * @param connections how many may be open at the same time; further ones wait in the kernel
 */
record ConnectionLimits(Duration patience, int connections) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST = 20_000;
    private static final int LEAST = 64;
    /** For files, the database and what else is not a connection of a machine. */
    private static final int OTHER_FILES = 512;

    /** The defaults, but not more connections than the process may open files: without any it cannot even write. */
    static ConnectionLimits ofProcess() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return new ConnectionLimits(PATIENCE, (int) Math.max(LEAST, Math.min(MOST, files - OTHER_FILES)));
    }
}
