package io.panocrypt.standalone.common;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Logs each record in one line to standard error. Standard output is for what a command prints. */
public final class Logging {
    private static final String MANAGER = "java.util.logging.manager";

    /**
     * Jetty's warnings quote what clients send, which may contain an unlock token. Pool and driver log a stack trace
     * for each try; their callers log the fault once.
     */
    private static final String CONFIGURATION = """
            handlers = java.util.logging.ConsoleHandler
            .level = INFO
            org.eclipse.jetty.level = SEVERE
            com.zaxxer.hikari.level = OFF
            org.postgresql.level = OFF
            java.util.logging.SimpleFormatter.format = %1$tFT%1$tT.%1$tL%1$tz %4$s %3$s %5$s%6$s%n
            """;

    private Logging() {}

    /** Logs only warnings and errors: for commands whose output is for reading. */
    public static void quiet() {
        Ours.LOGGER.setLevel(Level.WARNING);
    }

    /** A separate class, so the log manager is set before the first logger is created. */
    private static final class Ours {
        /** A strong reference: a logger that is garbage-collected loses its level. */
        private static final Logger LOGGER = Logger.getLogger("io.panocrypt");
    }

    /** Replaces the JDK's log manager. Call it before anything logs. */
    public static void install() {
        if (System.getProperty(MANAGER) == null) {
            System.setProperty(MANAGER, LastingLogManager.class.getName());
        }
    }

    /** Keeps logging until the process has ended, so the stop is logged too. */
    public static void last() {
        if (LogManager.getLogManager() instanceof LastingLogManager manager) {
            manager.last();
        }
    }

    public static void configure() throws IOException {
        if (System.getProperty("java.util.logging.config.file") == null) {
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(CONFIGURATION.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
