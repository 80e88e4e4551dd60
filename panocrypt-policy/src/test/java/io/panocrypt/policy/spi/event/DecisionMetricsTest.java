package io.panocrypt.policy.spi.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.event.DecisionEvent.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DecisionMetricsTest {
    private static final Duration DECIDING = Duration.ofMillis(3);
    private static final Duration MULTIPLYING = Duration.ofMillis(2);

    private static final class Numbers extends DecisionMetrics {
        private final Map<Series, Long> counts = new HashMap<>();
        private final Map<Series, Duration> times = new HashMap<>();

        @Override
        protected void count(Series counter, long number) {
            counts.merge(counter, number, Long::sum);
        }

        @Override
        protected void time(Series timer, Duration lasted) {
            times.merge(timer, lasted, Duration::plus);
        }

        long count(String name, String... labels) {
            return find(counts, name, labels);
        }

        Duration time(String name, String... labels) {
            return find(times, name, labels);
        }

        private static <T> T find(Map<Series, T> numbers, String name, String... labels) {
            List<T> found = numbers.entrySet().stream()
                    .filter(entry -> entry.getKey().name().equals(name)
                            && entry.getKey().labels().equals(labels(labels)))
                    .map(Map.Entry::getValue)
                    .toList();
            assertEquals(1, found.size(), name);
            return found.get(0);
        }

        private static Map<String, String> labels(String... pairs) {
            Map<String, String> labels = new HashMap<>();
            for (int i = 0; i < pairs.length; i += 2) {
                labels.put(pairs[i], pairs[i + 1]);
            }
            return labels;
        }
    }

    private final Numbers numbers = new Numbers();

    private static DecisionEvent decided(Outcome outcome, Reason reason, Optional<Duration> multiplying) {
        return new DecisionEvent.Decided(
                Instant.EPOCH,
                "device",
                Optional.empty(),
                outcome,
                reason,
                Optional.of("night"),
                DECIDING,
                multiplying);
    }

    @Test
    void namesWhatItCounts() {
        numbers.onEvent(decided(Outcome.ALLOWED, Reason.APPROVED, Optional.of(MULTIPLYING)));
        numbers.onEvent(decided(Outcome.DENIED, Reason.RULE, Optional.empty()));
        numbers.onEvent(decided(Outcome.DENIED, Reason.RULE_FAILED, Optional.empty()));
        numbers.onEvent(decided(Outcome.ALLOWED, Reason.ALLOWED_ONCE, Optional.of(MULTIPLYING)));
        numbers.onEvent(new DecisionEvent.Unknown(DECIDING));
        numbers.onEvent(new DecisionEvent.Failed(Fault.OVERLOAD, Optional.empty(), DECIDING));
        numbers.onEvent(new DecisionEvent.Alive(Optional.of("device")));
        numbers.onEvent(new DecisionEvent.Alive(Optional.empty()));
        numbers.onLost(7);

        assertEquals(1, numbers.count("panocrypt.unlock.attempts", "outcome", "allowed", "reason", "approved"));
        assertEquals(1, numbers.count("panocrypt.unlock.attempts", "outcome", "allowed", "reason", "allowed-once"));
        assertEquals(1, numbers.count("panocrypt.unlock.attempts", "outcome", "denied", "reason", "rule"));
        assertEquals(1, numbers.count("panocrypt.unlock.attempts", "outcome", "denied", "reason", "unknown-key"));
        assertEquals(1, numbers.count("panocrypt.unlock.rules", "rule", "night", "verdict", "require-approval"));
        assertEquals(1, numbers.count("panocrypt.unlock.rules", "rule", "night", "verdict", "deny"));
        assertEquals(1, numbers.count("panocrypt.unlock.rules", "rule", "night", "verdict", "failed"));
        assertEquals(1, numbers.count("panocrypt.unlock.errors", "fault", "overload"));
        assertEquals(1, numbers.count("panocrypt.alive.calls", "result", "accepted"));
        assertEquals(1, numbers.count("panocrypt.alive.calls", "result", "refused"));
        assertEquals(7, numbers.count("panocrypt.metrics.lost"));
        assertEquals(DECIDING.multipliedBy(2), numbers.time("panocrypt.unlock.decision", "outcome", "allowed"));
        assertEquals(DECIDING.multipliedBy(3), numbers.time("panocrypt.unlock.decision", "outcome", "denied"));
        assertEquals(MULTIPLYING.multipliedBy(2), numbers.time("panocrypt.unlock.multiplication"));
    }

    /** Otherwise an alert rule would miss the first increase. */
    @Test
    void knowsAllSeriesBeforehand() {
        List<DecisionMetrics.Series> counters = DecisionMetrics.counters(List.of("night"));
        Set<DecisionMetrics.Series> known = Stream.concat(counters.stream(), DecisionMetrics.timers().stream())
                .collect(Collectors.toSet());
        assertEquals(counters.size() + DecisionMetrics.timers().size(), known.size());

        for (Reason reason : Reason.values()) {
            if (reason != Reason.STORE_UNAVAILABLE) {
                numbers.onEvent(decided(outcome(reason), reason, Optional.of(MULTIPLYING)));
            }
        }
        for (Fault fault : Fault.values()) {
            numbers.onEvent(new DecisionEvent.Failed(fault, Optional.empty(), DECIDING));
        }
        numbers.onEvent(new DecisionEvent.Alive(Optional.of("device")));
        numbers.onEvent(new DecisionEvent.Alive(Optional.empty()));
        numbers.onLost(1);

        Set<DecisionMetrics.Series> seen = new HashSet<>(numbers.counts.keySet());
        seen.addAll(numbers.times.keySet());
        assertEquals(known, seen);
        assertTrue(known.stream().noneMatch(series -> series.help().isBlank()));
    }

    private static Outcome outcome(Reason reason) {
        if (reason == Reason.APPROVAL_PENDING) {
            return Outcome.PENDING;
        }
        return reason.wireName().startsWith("allowed") || reason == Reason.APPROVED ? Outcome.ALLOWED : Outcome.DENIED;
    }
}
