package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
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
 * The counted refusals of one device: a bounded number of aggregates, and one overflow aggregate for the rest.
 *
 * <p>Not thread-safe.
 */
final class DeviceRefusals {
    /** Journal entries of one device for each minute of the store's time; further refusals share one more. */
    static final int MAX_ENTRIES_PER_MINUTE = 10;
    /** Above this number, the least recently used aggregate is evicted. */
    static final int MAX_AGGREGATES = 32;

    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final int REMEMBERED_MINUTES = 120;

    private record Key(Optional<IpAddress> source, Outcome outcome, Reason reason, Optional<String> rule) {
        static Key of(Refusal refusal) {
            return new Key(
                    refusal.source(),
                    refusal.outcome(),
                    refusal.reason(),
                    refusal.rule().map(RuleFinding::rule));
        }
    }

    private final Map<Key, AggregatedRefusal> aggregates = new LinkedHashMap<>(16, 0.75f, true);
    private final TreeMap<Long, Integer> entries = new TreeMap<>();
    private final List<RefusalSummary> ready = new ArrayList<>();
    private @Nullable AggregatedRefusal rest;
    private Instant touched;

    DeviceRefusals(Instant now) {
        this.touched = now;
    }

    /** Counts a refusal that equals an earlier one; otherwise returns true, and the caller must write it at once. */
    boolean countOrOpen(Refusal refusal, Instant now) {
        touched = now;
        AggregatedRefusal known = aggregates.get(Key.of(refusal));
        if (known != null && known.takeMissedEntry()) {
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

    /** Counts a refusal that is not written at once. */
    void count(Refusal refusal, Instant now) {
        touched = now;
        AggregatedRefusal known = aggregates.get(Key.of(refusal));
        if (known == null) {
            known = begin(refusal, now);
            known.hurry(now);
        }
        known.count(new RefusalSummary(refusal, 1, false));
    }

    /** Begins a new aggregate with a refusal that is written at once in any case. */
    void restart(Refusal refusal, Instant now) {
        touched = now;
        AggregatedRefusal known = aggregates.remove(Key.of(refusal));
        if (known != null) {
            makeReady(known, now);
        }
        entries.merge(minute(refusal.time()), 1, Integer::sum);
        begin(refusal, now);
    }

    private AggregatedRefusal begin(Refusal refusal, Instant now) {
        // The reason has changed for this source, so its earlier refusals are due.
        of(refusal.source()).forEach(aggregate -> aggregate.hurry(now));
        if (aggregates.size() == MAX_AGGREGATES) {
            Iterator<AggregatedRefusal> oldest = aggregates.values().iterator();
            makeReady(oldest.next(), now);
            oldest.remove();
        }
        AggregatedRefusal begun = new AggregatedRefusal(refusal, now);
        aggregates.put(Key.of(refusal), begun);
        return begun;
    }

    private Stream<AggregatedRefusal> of(Optional<IpAddress> source) {
        return aggregates.entrySet().stream()
                .filter(entry -> entry.getKey().source().equals(source))
                .map(Map.Entry::getValue);
    }

    void missEntry(Refusal refusal) {
        AggregatedRefusal known = aggregates.get(Key.of(refusal));
        if (known != null) {
            known.missEntry();
        }
    }

    /** Ends the refusals of a source that was answered: they are ready to be written, and equal ones begin anew. */
    void end(Optional<IpAddress> source, Instant now) {
        of(source).toList().forEach(aggregate -> makeReady(aggregate, now));
        aggregates.keySet().removeIf(key -> key.source().equals(source));
    }

    /** Makes due aggregates ready, or all of them; drops those that counted nothing until they were due. */
    void makeDueReady(Instant now, boolean everything) {
        aggregates.values().removeIf(aggregate -> aggregate.isDue(now) && aggregate.isEmpty());
        for (AggregatedRefusal aggregate : aggregates.values()) {
            if (everything || aggregate.isDue(now)) {
                makeReady(aggregate, now);
                aggregate.advance(now);
            }
        }
    }

    /** Makes the count ready to be written, or adds it to the rest if its minute has enough entries. */
    private void makeReady(AggregatedRefusal aggregate, Instant now) {
        if (aggregate.isEmpty()) {
            return;
        }
        RefusalSummary summary = aggregate.take(false);
        if (charge(summary.refusal().time())) {
            ready.add(summary);
        } else {
            addToRest(summary, now);
        }
    }

    private void addToRest(RefusalSummary more, Instant now) {
        if (rest == null) {
            rest = new AggregatedRefusal(more.refusal().withoutSource(), now);
        }
        rest.count(more);
    }

    private boolean charge(Instant time) {
        if (entries.getOrDefault(minute(time), 0) >= MAX_ENTRIES_PER_MINUTE) {
            return false;
        }
        entries.merge(minute(time), 1, Integer::sum);
        while (entries.size() > REMEMBERED_MINUTES) {
            entries.pollFirstEntry();
        }
        return true;
    }

    private static long minute(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), 60);
    }

    /** Removes and returns the summaries that are ready, oldest first, then the rest. */
    List<RefusalSummary> takeReady() {
        List<RefusalSummary> takeReady = new ArrayList<>(ready);
        ready.clear();
        if (rest != null) {
            takeReady.add(rest.take(true));
            rest = null;
        }
        return takeReady;
    }

    /** All counts that have not been taken. */
    Stream<RefusalSummary> pending() {
        return Stream.of(
                        ready.stream(),
                        aggregates.values().stream()
                                .filter(aggregate -> !aggregate.isEmpty())
                                .map(aggregate -> aggregate.peek(false)),
                        Stream.ofNullable(rest).map(aggregate -> aggregate.peek(true)))
                .flatMap(summaries -> summaries);
    }

    int size() {
        return aggregates.size();
    }

    /** Whether nothing is counted, and nothing was for so long that the entries of past minutes no longer matter. */
    boolean isIdle(Instant now) {
        return aggregates.isEmpty()
                && ready.isEmpty()
                && Objects.isNull(rest)
                && (!now.isBefore(touched.plus(IDLE)) || now.isBefore(touched));
    }
}
