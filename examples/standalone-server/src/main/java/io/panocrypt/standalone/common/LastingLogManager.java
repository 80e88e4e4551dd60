package io.panocrypt.standalone.common;

import java.util.logging.LogManager;

/**
 * A log manager that can keep logging while the process stops. The JDK's own removes its handlers in a shutdown hook,
 * so the last checkpoint, taken in another hook, would not be logged.
 */
public final class LastingLogManager extends LogManager {
    private volatile boolean lasting;

    /** Called by the JDK, which creates the log manager by class name. */
    public LastingLogManager() {}

    /** Keeps all handlers until the process has ended. */
    void last() {
        // Creates the handlers now. They are created at the first log record, but not once the process stops.
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
