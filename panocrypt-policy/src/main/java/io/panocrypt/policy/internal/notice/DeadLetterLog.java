package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.model.Contact;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Logs each notice that is given up, in one line without its contact; at most 20 lines a minute. Thread-safe. */
final class DeadLetterLog {
    private static final System.Logger LOG = System.getLogger(DeadLetterLog.class.getName());
    private static final Duration MINUTE = Duration.ofMinutes(1);
    static final int MAX_LINES = 20;

    private Instant minute = Instant.MIN;
    private int lines;

    /** @param notice empty if the entry is unreadable, or is an event that could not be expanded */
    void log(Optional<Notification> notice, String cause, Instant now) {
        int line = next(now);
        if (line <= MAX_LINES) {
            String what = notice.map(DeadLetterLog::shown).orElse("an entry of the outbox");
            String more = line == MAX_LINES ? "; further ones in this minute are not logged, see the dead letters" : "";
            LOG.log(System.Logger.Level.WARNING, "gave up " + what + ": " + cause + more);
        }
    }

    private static String shown(Notification notice) {
        return notice.type().wireName() + " for " + notice.recipient().name() + " at "
                + Contact.hostOnly(notice.recipient().contact());
    }

    /** Counts lines; a clock that was set back starts a new minute too. */
    private synchronized int next(Instant now) {
        if (minute.equals(Instant.MIN) || Duration.between(minute, now).abs().compareTo(MINUTE) >= 0) {
            minute = now;
            lines = 0;
        }
        lines = Math.min(lines, MAX_LINES) + 1;
        return lines;
    }
}
