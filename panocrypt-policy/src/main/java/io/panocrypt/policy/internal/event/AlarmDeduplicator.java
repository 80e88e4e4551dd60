package io.panocrypt.policy.internal.event;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Limits the alarms of this node: within an hour one for each source of a subject, and for at most ten sources of a subject.
 *
 * <p>Hours follow the clock, so that all nodes give an alarm the same key. Remembers the 10,000 latest subjects.
 * Thread-safe.
 */
public final class AlarmDeduplicator {
    private static final int MAX_SUBJECTS = 10_000;
    private static final int MAX_SOURCES = 10;
    private static final long HOUR_MILLIS = 3_600_000;

    /** The sources for which a subject raised alarms within one hour. */
    private record Hour(long number, Set<String> sources) {}

    private final Map<String, Hour> subjects = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Hour> eldest) {
            return size() > MAX_SUBJECTS;
        }
    };

    public static long hour(Instant time) {
        return Math.floorDiv(time.toEpochMilli(), HOUR_MILLIS);
    }

    public static Instant endOfHour(Instant time) {
        return Instant.ofEpochMilli((hour(time) + 1) * HOUR_MILLIS);
    }

    public static Instant startOfHour(Instant time) {
        return Instant.ofEpochMilli(hour(time) * HOUR_MILLIS);
    }

    /** The alarm's key; empty if it was raised within this hour, or ten sources of the subject were. */
    public synchronized Optional<String> key(String subject, String source, Instant now) {
        Hour hour = subjects.get(subject);
        boolean quiet = hour != null
                && hour.number() == hour(now)
                && (hour.sources().contains(source) || hour.sources().size() >= MAX_SOURCES);
        return quiet ? Optional.empty() : Optional.of(subject + ":" + source + ":" + hour(now));
    }

    /** Records that the alarm was raised. */
    public synchronized void raised(String subject, String source, Instant now) {
        Hour hour = subjects.get(subject);
        if (hour == null || hour.number() != hour(now)) {
            hour = new Hour(hour(now), new HashSet<>());
            subjects.put(subject, hour);
        }
        hour.sources().add(source);
    }
}
