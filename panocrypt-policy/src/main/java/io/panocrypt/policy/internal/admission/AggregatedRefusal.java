package io.panocrypt.policy.internal.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Equal refusals, counted between two journal entries. Not thread-safe. */
final class AggregatedRefusal {
    /** When journal entries are due after the first refusal; hourly from then on. */
    private static final List<Duration> DUE =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1));

    private final Refusal first;
    private Instant since;
    private Instant due;
    private Instant last;
    private int count;
    private boolean missedEntry;

    /**
     * Begins with a count of 0.
     *
     * @param since by the node's clock
     */
    AggregatedRefusal(Refusal first, Instant since) {
        this.first = first;
        this.since = since;
        this.due = since.plus(DUE.get(0));
        this.last = first.time();
    }

    void count(RefusalSummary more) {
        // Saturates, because a count must never decrease.
        count = (int) Math.min(Integer.MAX_VALUE, (long) count + more.count());
        last = more.refusal().time().isAfter(last) ? more.refusal().time() : last;
    }

    /** Records that an entry which was to be written at once was not; the next refusal replaces it. */
    void missEntry() {
        missedEntry = true;
    }

    /** Whether the next refusal must be written at once; the request is cleared by asking. */
    boolean takeMissedEntry() {
        boolean wanted = missedEntry;
        missedEntry = false;
        return wanted;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isDue(Instant now) {
        return !now.isBefore(due) || now.isBefore(since);
    }

    void hurry(Instant now) {
        due = now;
    }

    /** The count since the last entry. */
    RefusalSummary peek(boolean various) {
        return new RefusalSummary(first.at(last), count, various);
    }

    /** Returns the count since the last entry, and resets it. */
    RefusalSummary take(boolean various) {
        RefusalSummary taken = peek(various);
        count = 0;
        return taken;
    }

    /** Sets the next due time after {@code now}; starts again if the clock was set back. */
    void advance(Instant now) {
        if (now.isBefore(since)) {
            since = now;
        }
        Duration age = Duration.between(since, now);
        Duration next = DUE.stream()
                .filter(offset -> offset.compareTo(age) > 0)
                .findFirst()
                .orElseGet(() -> Duration.ofHours(age.toHours() + 1));
        due = since.plus(next);
    }
}
