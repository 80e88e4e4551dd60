package io.panocrypt.policy.spi.event;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns events into counters and timers that every host names alike, so that one set of alert rules fits all. A subclass
 * writes them to its metrics library.
 *
 * <p>No label contains a device, an address or a person; each has a handful of values. Reasons are labels, so strangers
 * must not reach the numbers. Called like any {@link DecisionListener}.
 */
public abstract class DecisionMetrics implements DecisionListener {
    private static final String ASK = "require-approval";
    private static final String DENY = "deny";
    private static final String FAILED = "failed";
    private static final String ACCEPTED = "accepted";
    private static final String REFUSED = "refused";

    private static final Series MULTIPLICATION =
            new Series("panocrypt.unlock.multiplication", "How long the custody took for an answer", Map.of());

    private static final Series LOST = new Series(
            "panocrypt.metrics.lost",
            "Attempts that are in none of these numbers because too many came at once",
            Map.of());

    /** Called by subclasses. */
    protected DecisionMetrics() {}

    /**
     * A counter or a timer.
     *
     * @param name lower-case words separated by dots, without a unit
     * @param help what is counted, for people
     * @param labels names and values, in no order
     */
    public record Series(String name, String help, Map<String, String> labels) {}

    /** Adds to a counter. */
    protected abstract void count(Series counter, long number);

    /** Records a duration in a timer. */
    protected abstract void time(Series timer, Duration lasted);

    /**
     * All counters, to be made at the start: alert rules do not see the first increase of a counter that was not there before.
     *
     * @param ruleNames of the rules that the service asks
     */
    protected static List<Series> counters(Collection<String> ruleNames) {
        return Stream.of(
                        Arrays.stream(Reason.values())
                                .flatMap(reason -> outcome(reason).map(outcome -> attempts(outcome, reason)).stream()),
                        Arrays.stream(DecisionEvent.Fault.values()).map(DecisionMetrics::errors),
                        ruleNames.stream()
                                .flatMap(name -> Stream.of(ASK, DENY, FAILED).map(verdict -> rules(name, verdict))),
                        Stream.of(alive(ACCEPTED), alive(REFUSED), LOST))
                .flatMap(series -> series)
                .toList();
    }

    /** All timers, to be made at the start like {@link #counters}. */
    protected static List<Series> timers() {
        return Stream.concat(Arrays.stream(Outcome.values()).map(DecisionMetrics::decision), Stream.of(MULTIPLICATION))
                .toList();
    }

    /** The outcome that belongs to the reason; empty for an error, which has its own counter. */
    private static Optional<Outcome> outcome(Reason reason) {
        return switch (reason) {
            case ALLOWED, ALLOWED_ONCE, APPROVED -> Optional.of(Outcome.ALLOWED);
            case APPROVAL_PENDING -> Optional.of(Outcome.PENDING);
            case STORE_UNAVAILABLE -> Optional.empty();
            default -> Optional.of(Outcome.DENIED);
        };
    }

    private static Series attempts(Outcome outcome, Reason reason) {
        return new Series(
                "panocrypt.unlock.attempts",
                "Attempts to unlock that were decided, by what and why",
                Map.of("outcome", outcome.wireName(), "reason", reason.wireName()));
    }

    private static Series errors(DecisionEvent.Fault fault) {
        return new Series(
                "panocrypt.unlock.errors",
                "Attempts to unlock that nobody refused and that were not answered, by what failed",
                Map.of("fault", fault.name().toLowerCase(Locale.ROOT)));
    }

    private static Series rules(String rule, String verdict) {
        return new Series(
                "panocrypt.unlock.rules",
                "Attempts to unlock that a rule refused, asked an approval for, or failed at",
                Map.of("rule", rule, "verdict", verdict));
    }

    private static Series alive(String result) {
        return new Series(
                "panocrypt.alive.calls", "Calls by which devices say that they run", Map.of("result", result));
    }

    private static Series decision(Outcome outcome) {
        return new Series(
                "panocrypt.unlock.decision",
                "From an attempt's arrival to the end of its commit",
                Map.of("outcome", outcome.wireName()));
    }

    @Override
    public final void onEvent(DecisionEvent event) {
        if (event instanceof DecisionEvent.Decided decided) {
            decided(decided.outcome(), decided.reason(), decided.deciding());
            decided.rule()
                    .flatMap(name -> verdict(decided.reason()).map(verdict -> rules(name, verdict)))
                    .ifPresent(series -> count(series, 1));
            decided.multiplying().ifPresent(lasted -> time(MULTIPLICATION, lasted));
        } else if (event instanceof DecisionEvent.Unknown unknown) {
            decided(Outcome.DENIED, Reason.UNKNOWN_KEY, unknown.deciding());
        } else if (event instanceof DecisionEvent.Failed failed) {
            count(errors(failed.fault()), 1);
        } else if (event instanceof DecisionEvent.Alive call) {
            count(alive(call.deviceId().isPresent() ? ACCEPTED : REFUSED), 1);
        }
    }

    private void decided(Outcome outcome, Reason reason, Duration deciding) {
        count(attempts(outcome, reason), 1);
        time(decision(outcome), deciding);
    }

    /** Empty where an allowance has skipped what the rule asked for. */
    private static Optional<String> verdict(Reason reason) {
        return switch (reason) {
            case RULE -> Optional.of(DENY);
            case RULE_FAILED -> Optional.of(FAILED);
            case NO_APPROVER, APPROVAL_PENDING, APPROVED -> Optional.of(ASK);
            default -> Optional.empty();
        };
    }

    @Override
    public final void onLost(long number) {
        count(LOST, number);
    }
}
