package io.panocrypt.policy.internal.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Equal refusals that are counted between rows. Not thread-safe. */
final class AggregatedRefusal {
    /** When rows are due after the first one; then hourly. */
    private static final List<Duration> DUE =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1));

    private final Refusal first;
    private Instant since;
    private Instant due;
    private Instant last;
    private int count;
    private boolean wantsRow;

    /**
     * Nothing counted yet.
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
        // Nobody can wait so long that it overflows, but nothing here may ever run backwards.
        count = (int) Math.min(Integer.MAX_VALUE, (long) count + more.count());
        last = more.refusal().time().isAfter(last) ? more.refusal().time() : last;
    }

    /** A row that was meant to be written at once was not: the next refusal wants one. */
    void missRow() {
        wantsRow = true;
    }

    /** Whether the next refusal is to be written at once; asking answers that. */
    boolean takesRow() {
        boolean wanted = wantsRow;
        wantsRow = false;
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

    /** What was counted since the last row. */
    RefusalSummary peek(boolean various) {
        return new RefusalSummary(first.at(last), count, various);
    }

    /** What was counted since the last row, which is forgotten. */
    RefusalSummary take(boolean various) {
        RefusalSummary taken = peek(various);
        count = 0;
        return taken;
    }

    /** Sets the next due time behind that time; a clock that was set back begins anew. */
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
