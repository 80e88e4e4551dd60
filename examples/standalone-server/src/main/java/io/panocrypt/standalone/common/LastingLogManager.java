package io.panocrypt.standalone.common;

import java.util.logging.LogManager;

/**
 * A log manager that can be told to log on while the process stops: the JDK's own takes its handlers away in a shutdown
 * hook, beside the one that takes the last checkpoint, which nobody would see.
 */
public final class LastingLogManager extends LogManager {
    private volatile boolean lasting;

    /** For the JDK, which makes it by its name. */
    public LastingLogManager() {}

    /** From now on handlers stay as they are until the process has ended. */
    void last() {
        // Made at the first record otherwise, and never once the process stops.
        getLogger("").getHandlers();
        lasting = true;
    }

    @Override
    public void reset() {
        if (!lasting) {
            super.reset();
        }
    }
}
