package io.panocrypt.standalone.common;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Logs one line a record to standard error; standard output belongs to what a command prints. */
public final class Logging {
    private static final String MANAGER = "java.util.logging.manager";

    /**
     * What Jetty warns of quotes what clients send, an unlock token among it. The pool and the driver log with a stack trace, for
     * each try, what their callers log once.
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

    /** Logs nothing below a warning: for a command whose output is a text to be read. */
    public static void quiet() {
        Ours.LOGGER.setLevel(Level.WARNING);
    }

    /** Apart, so that the log manager is in its place before the first logger is made. */
    private static final class Ours {
        /** Held, because a logger that nobody holds forgets its level. */
        private static final Logger LOGGER = Logger.getLogger("io.panocrypt");
    }

    /** Takes the JDK's place at keeping handlers; before anything logs. */
    public static void install() {
        if (System.getProperty(MANAGER) == null) {
            System.setProperty(MANAGER, LastingLogManager.class.getName());
        }
    }

    /** Logs until the process has ended: what is done while it stops belongs into the log too. */
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
