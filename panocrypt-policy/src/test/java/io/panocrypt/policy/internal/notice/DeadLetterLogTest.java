package io.panocrypt.policy.internal.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.model.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log names given-up notices, without secrets and without filling the disk. */
class DeadLetterLogTest {
    private static final Logger LOGGER = Logger.getLogger(DeadLetterLog.class.getName());

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final DeadLetterLog log = new DeadLetterLog();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            lines.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void stop() {
        LOGGER.removeHandler(handler);
    }

    private static Notification notice() {
        return new Notification(
                EventType.GRANT_SPENT,
                DomainEvent.of("key", EventType.GRANT_SPENT, Instant.EPOCH),
                new Recipient(Recipient.Kind.WEBHOOK, "w1", "https://hooks.example/capability"));
    }

    @Test
    void tellsWhatForWhomAndWhyButNotThePath() {
        log.log(Optional.of(notice()), "answered 400", now);
        assertEquals(List.of("gave up grant.spent for webhook w1 at https://hooks.example: answered 400"), lines);
    }

    @Test
    void saysNoMoreThanItMayInAMinute() {
        for (int i = 0; i < 100; i++) {
            log.log(Optional.empty(), "no answer", now.plusMillis(i));
        }
        assertEquals(DeadLetterLog.MAX_LINES, lines.size());
        assertTrue(lines.get(lines.size() - 1).endsWith("see the dead letters"));
        log.log(Optional.empty(), "no answer", now.plus(Duration.ofMinutes(1)));
        assertEquals(DeadLetterLog.MAX_LINES + 1, lines.size());
    }
}
