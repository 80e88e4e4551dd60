package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.decision.Attempt;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.DecisionMaker;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.decision.RuleAnswer;
import io.panocrypt.policy.internal.decision.RuleAnswer.Effect;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.resilience.Bulkhead;
import io.panocrypt.policy.internal.resilience.OutageLog;
import io.panocrypt.policy.internal.resilience.ResilientStore;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Asks the embedder's rules in bounded time; a rule that gives no answer refuses. Thread-safe. */
public final class RuleGate {
    /** How many of a device's newest entries are searched for its last unlock. */
    private static final int SEARCHED = 1_000;

    private static final int PAGE = 100;

    private final List<UnlockRule> rules;
    private final Duration timeout;
    private final ResilientStore store;
    private final AliveSignals alive;
    private final OutageLog faults;
    private final Bulkhead threads = Bulkhead.ofRules();

    /** @param timeout for all rules together */
    public RuleGate(
            List<UnlockRule> rules, Duration timeout, ResilientStore store, AliveSignals alive, OutageLog faults) {
        this.rules = List.copyOf(rules);
        this.timeout = timeout;
        this.store = store;
        this.alive = alive;
        this.faults = faults;
    }

    /** The rules' answer, and why there is none if one has failed. */
    private record Result(RuleAnswer answer, Optional<Throwable> fault) {
        static Result failed(String rule, String how, Throwable fault) {
            return new Result(
                    RuleAnswer.of(Effect.FAIL, rule, how),
                    Optional.of(new IllegalStateException("rule " + rule + " " + how, fault)));
        }
    }

    /**
     * Decides again with the rules' answer, if the attempt comes as far as to the rules.
     *
     * @param plain what was decided without rules
     * @throws StoreException if the store fails, or this thread was interrupted
     */
    public Decision decide(Decision plain, PolicyView view, Attempt attempt, Instant now) {
        return rules.isEmpty() || plain.gates().get(Gate.RULE) == GateResult.NOT_REACHED
                ? plain
                : DecisionMaker.decide(view, attempt.with(ask(input(view.device(), attempt, now))), now);
    }

    private RuleInput input(Device device, Attempt attempt, Instant now) {
        return new RuleInput(
                device.id(),
                device.name(),
                device.tags(),
                attempt.source(),
                now,
                lastUnlock(device.id()),
                alive.last(device.id()));
    }

    private Optional<Instant> lastUnlock(String deviceId) {
        JournalQuery.Position before = null;
        for (int searched = 0; searched < SEARCHED; searched += PAGE) {
            List<JournalRow> rows =
                    store.journalPromptly(new JournalQuery(JournalEntry.Kind.UNLOCK, deviceId, before, PAGE));
            Optional<Instant> found = rows.stream()
                    .map(JournalRow::entry)
                    .filter(RuleGate::isUnlock)
                    .map(JournalEntry::time)
                    .findFirst();
            if (found.isPresent() || rows.size() < PAGE) {
                return found;
            }
            before = JournalQuery.Position.of(rows.get(PAGE - 1));
        }
        return Optional.empty();
    }

    private static boolean isUnlock(JournalEntry entry) {
        try {
            return Json.read(entry.body(), AttemptEntry.class).outcome() == Outcome.ALLOWED;
        } catch (UnreadableRecordException e) {
            return false;
        }
    }

    private RuleAnswer ask(RuleInput input) {
        AtomicReference<String> current = new AtomicReference<>(rules.get(0).name());
        Result result;
        try {
            result = threads.call(() -> answer(input, current), timeout);
        } catch (StoreException e) {
            if (Thread.currentThread().isInterrupted()) {
                // The service stops: that says nothing about the rule.
                throw e;
            }
            result = Result.failed(
                    Objects.requireNonNull(current.get()), "did not answer within " + timeout.toMillis() + " ms", e);
        }
        result.fault().ifPresentOrElse(faults::failed, faults::succeeded);
        return result.answer();
    }

    /** Runs in a thread that may hang. A refusal ends the questions; of those that ask, the first one counts. */
    private Result answer(RuleInput input, AtomicReference<String> current) {
        RuleAnswer answer = RuleAnswer.NONE;
        for (UnlockRule rule : rules) {
            String name = rule.name();
            current.set(name);
            try {
                Verdict verdict = rule.evaluate(input);
                if (verdict instanceof Verdict.Deny deny) {
                    return new Result(RuleAnswer.of(Effect.DENY, name, deny.reason()), Optional.empty());
                }
                if (verdict instanceof Verdict.RequireApproval ask && answer.effect() == Effect.NONE) {
                    answer = RuleAnswer.of(Effect.ASK, name, ask.reason());
                } else if (verdict == null) {
                    return Result.failed(name, "answered null", new NullPointerException());
                }
            } catch (RuntimeException | Error e) {
                return Result.failed(name, "threw " + e.getClass().getSimpleName(), e);
            }
        }
        return new Result(answer, Optional.empty());
    }
}
