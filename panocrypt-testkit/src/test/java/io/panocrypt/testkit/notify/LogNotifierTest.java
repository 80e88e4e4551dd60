package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.notify.LogNotifier;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.util.List;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LogNotifierTest {
    /** A logger that keeps its lines. */
    private static final class Lines implements System.Logger {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public String getName() {
            return "lines";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
            lines.add(level + " " + format);
        }
    }

    @Nested
    class ByTheContract extends NotifierContract {
        @Override
        protected NotifierFixture open() {
            return new Fixture();
        }
    }

    private static final class Fixture implements NotifierFixture {
        private final Lines log = new Lines();
        private final Notifier notifier = new LogNotifier(log);

        @Override
        public Notifier notifier() {
            return notifier;
        }

        @Override
        public URI contact() {
            return URI.create("log:operators");
        }

        @Override
        public Set<Behaviour> behaviours() {
            return Set.of(Behaviour.TAKES);
        }

        @Override
        public void behave(Behaviour behaviour) {
            // A log accepts everything.
        }

        @Override
        public List<Received> received() {
            return log.lines.stream()
                    .map(line -> new Received(line.replaceAll("^INFO notice (\\S+) .*", "$1"), line))
                    .toList();
        }

        @Override
        public void close() {
            // Nothing to close.
        }
    }

    @Test
    void writesOneLineWithoutTheContact() {
        Lines log = new Lines();
        new LogNotifier(log).deliver(Notices.waiting("n-1"), URI.create("log:operators"));
        assertEquals(
                List.of("INFO notice n-1 (request.opened): waits for approval; Device: web-1; Device id: dev-1; "
                        + "Source: 192.0.2.7; Waiting since: 2026-11-24T07:58:00Z; Time: 2026-11-24T07:59:00Z; "
                        + "https://panocrypt.example/console/requests/1"),
                log.lines);
    }
}
