package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one device's refusals: a bounded number of folds, and the rest together.
 *
 * <p>Not thread-safe.
 */
final class DeviceRefusals {
    /** Distinct rows of one device within a minute of the store's time; the rest shares one row more. */
    static final int ROWS_A_MINUTE = 10;
    /** The fold that was used longest ago gives way to a new one. */
    static final int MAX_FOLDS = 32;

    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final int REMEMBERED_MINUTES = 120;

    private record Key(Optional<IpAddress> source, Outcome outcome, Reason reason) {
        static Key of(Refusal refusal) {
            return new Key(refusal.source(), refusal.outcome(), refusal.reason());
        }
    }

    private final Map<Key, AggregatedRefusal> folds = new LinkedHashMap<>(16, 0.75f, true);
    private final TreeMap<Long, Integer> rows = new TreeMap<>();
    private final List<RefusalSummary> ready = new ArrayList<>();
    private @Nullable AggregatedRefusal rest;
    private Instant touched;

    DeviceRefusals(Instant now) {
        this.touched = now;
    }

    /** Counts a refusal that equals an earlier one; true, and not counted, if the caller must write it at once. */
    boolean countOrOpen(Refusal refusal, Instant now) {
        touched = now;
        AggregatedRefusal known = folds.get(Key.of(refusal));
        if (known != null && known.takesRow()) {
            return true;
        }
        if (known != null) {
            known.count(new RefusalSummary(refusal, 1, false));
            return false;
        }
        if (!charge(refusal.time())) {
            addToRest(new RefusalSummary(refusal, 1, false), now);
            return false;
        }
        begin(refusal, now);
        return true;
    }

    /** Counts a refusal that gets no row at once. */
    void count(Refusal refusal, Instant now) {
        touched = now;
        AggregatedRefusal known = folds.get(Key.of(refusal));
        if (known == null) {
            known = begin(refusal, now);
            known.hurry(now);
        }
        known.count(new RefusalSummary(refusal, 1, false));
    }

    /** A refusal that is written at once whatever is known of it. */
    void restart(Refusal refusal, Instant now) {
        touched = now;
        AggregatedRefusal known = folds.remove(Key.of(refusal));
        if (known != null) {
            give(known, now);
        }
        rows.merge(minute(refusal.time()), 1, Integer::sum);
        begin(refusal, now);
    }

    private AggregatedRefusal begin(Refusal refusal, Instant now) {
        // Something has changed for that source: what it was refused for before is due.
        of(refusal.source()).forEach(fold -> fold.hurry(now));
        if (folds.size() == MAX_FOLDS) {
            Iterator<AggregatedRefusal> oldest = folds.values().iterator();
            give(oldest.next(), now);
            oldest.remove();
        }
        AggregatedRefusal begun = new AggregatedRefusal(refusal, now);
        folds.put(Key.of(refusal), begun);
        return begun;
    }

    private Stream<AggregatedRefusal> of(Optional<IpAddress> source) {
        return folds.entrySet().stream()
                .filter(entry -> entry.getKey().source().equals(source))
                .map(Map.Entry::getValue);
    }

    void missRow(Refusal refusal) {
        AggregatedRefusal known = folds.get(Key.of(refusal));
        if (known != null) {
            known.missRow();
        }
    }

    /** The source was answered: what it was refused for is ready to be written, and equal refusals begin anew. */
    void end(Optional<IpAddress> source, Instant now) {
        of(source).toList().forEach(fold -> give(fold, now));
        folds.keySet().removeIf(key -> key.source().equals(source));
    }

    /** Makes ready what is due, or everything; a fold that has counted nothing until it was due is over. */
    void ripen(Instant now, boolean everything) {
        folds.values().removeIf(fold -> fold.isDue(now) && fold.isEmpty());
        for (AggregatedRefusal fold : folds.values()) {
            if (everything || fold.isDue(now)) {
                give(fold, now);
                fold.advance(now);
            }
        }
    }

    /** Makes a row of what was counted, or adds it to the rest if its minute has enough rows. */
    private void give(AggregatedRefusal fold, Instant now) {
        if (fold.isEmpty()) {
            return;
        }
        RefusalSummary given = fold.take(false);
        if (charge(given.refusal().time())) {
            ready.add(given);
        } else {
            addToRest(given, now);
        }
    }

    private void addToRest(RefusalSummary more, Instant now) {
        if (rest == null) {
            rest = new AggregatedRefusal(more.refusal().ofAnybody(), now);
        }
        rest.count(more);
    }

    private boolean charge(Instant time) {
        if (rows.getOrDefault(minute(time), 0) >= ROWS_A_MINUTE) {
            return false;
        }
        rows.merge(minute(time), 1, Integer::sum);
        while (rows.size() > REMEMBERED_MINUTES) {
            rows.pollFirstEntry();
        }
        return true;
    }

    private static long minute(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), 60);
    }

    /** Takes the rows that are ready, oldest first, the rest with them. */
    List<RefusalSummary> harvest() {
        List<RefusalSummary> harvest = new ArrayList<>(ready);
        ready.clear();
        if (rest != null) {
            harvest.add(rest.take(true));
            rest = null;
        }
        return harvest;
    }

    /** Everything that is counted and not taken, as it stands. */
    Stream<RefusalSummary> pending() {
        return Stream.of(
                        ready.stream(),
                        folds.values().stream().filter(fold -> !fold.isEmpty()).map(fold -> fold.peek(false)),
                        Stream.ofNullable(rest).map(fold -> fold.peek(true)))
                .flatMap(folded -> folded);
    }

    int size() {
        return folds.size();
    }

    /** Whether nothing is counted, and nothing was for so long that no minute's rows need be remembered. */
    boolean isIdle(Instant now) {
        return folds.isEmpty()
                && ready.isEmpty()
                && Objects.isNull(rest)
                && (!now.isBefore(touched.plus(IDLE)) || now.isBefore(touched));
    }
}
