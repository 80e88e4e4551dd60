package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.model.Contact;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One line of the log for each notice that is given up, at most 20 a minute; without contacts. Thread-safe. */
final class DeadLetterLog {
    private static final System.Logger LOG = System.getLogger(DeadLetterLog.class.getName());
    private static final Duration MINUTE = Duration.ofMinutes(1);
    static final int MAX_LINES = 20;

    private Instant minute = Instant.MIN;
    private int lines;

    /** @param notice empty where it cannot be read, or is an event of which nobody could be told */
    void log(Optional<Notification> notice, String cause, Instant now) {
        int line = next(now);
        if (line <= MAX_LINES) {
            String what = notice.map(DeadLetterLog::shown).orElse("an entry of the outbox");
            String more = line == MAX_LINES ? "; more of this minute are not logged, see the dead letters" : "";
            LOG.log(System.Logger.Level.WARNING, "gave up " + what + ": " + cause + more);
        }
    }

    private static String shown(Notification notice) {
        return notice.type().wireName() + " for " + notice.recipient().name() + " at "
                + Contact.hostOnly(notice.recipient().contact());
    }

    /** A clock that was set back begins a minute too. */
    private synchronized int next(Instant now) {
        if (minute.equals(Instant.MIN) || Duration.between(minute, now).abs().compareTo(MINUTE) >= 0) {
            minute = now;
            lines = 0;
        }
        lines = Math.min(lines, MAX_LINES) + 1;
        return lines;
    }
}
