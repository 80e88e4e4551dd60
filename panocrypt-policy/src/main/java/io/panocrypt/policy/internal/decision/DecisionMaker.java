package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.internal.decision.RuleAnswer.Effect;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Decides: a pure function of a policy view, an attempt and a time. */
public final class DecisionMaker {
    /** The allowance to spend first: the earliest expiry, then the oldest; the id only makes the order total. */
    private static final Comparator<Allowance> FIRST_TO_SPEND = Comparator.comparing(Allowance::expires)
            .thenComparing(Allowance::created)
            .thenComparing(Allowance::id);

    private static final Set<Gate> NOTHING = Set.of();

    private final PolicyView view;
    private final Attempt attempt;
    private final Instant now;
    private final OpenRequests requests;

    private DecisionMaker(PolicyView view, Attempt attempt, Instant now) {
        this.view = view;
        this.attempt = attempt;
        this.now = now;
        this.requests = new OpenRequests(view, attempt, now);
    }

    /**
     * Decides. If gates fail, a single allowance must skip all of them; allowances are never combined.
     *
     * @param now the store's time, by which denies and grants are valid
     */
    public static Decision decide(PolicyView view, Attempt attempt, Instant now) {
        return new DecisionMaker(view, attempt, now).decide();
    }

    private Decision decide() {
        List<Allowance> fitting = view.allowances().stream()
                .filter(allowance -> allowance.usesLeft() > 0 && allowance.isValidAt(now))
                .filter(allowance -> allowance.fits(attempt.source()))
                .sorted(FIRST_TO_SPEND)
                .toList();
        Optional<Allowance> serving = fitting.stream()
                .filter(allowance -> firstFailing(skippable(allowance)).isEmpty())
                .findFirst();
        if (serving.isPresent() || firstFailing(NOTHING).isEmpty()) {
            return allow(serving);
        }
        Set<Gate> skipped = Stream.concat(Stream.of(NOTHING), fitting.stream().map(this::skippable))
                .max(Comparator.comparing(skips -> firstFailing(skips).orElseThrow()))
                .orElseThrow();
        Gate failing = firstFailing(skipped).orElseThrow();
        Reason reason = Objects.requireNonNull(failures(skipped).get(failing));
        if (reason == Reason.APPROVAL_PENDING && attempt.source().isEmpty()) {
            // An unknown source cannot open a request, so it would wait without end.
            reason = Reason.SOURCE_NOT_ALLOWED;
        }
        boolean waits = reason == Reason.APPROVAL_PENDING;
        return new Decision(
                waits ? Outcome.PENDING : Outcome.DENIED,
                reason,
                verdicts(skipped),
                attempt.rules().finding(),
                Optional.empty(),
                Optional.empty(),
                waits ? requests.effectOfWaiting() : new Decision.RequestEffect.None());
    }

    /** Spends a fitting allowance in any case, but an approval only if the approval gate is not skipped and needs it. */
    private Decision allow(Optional<Allowance> serving) {
        Set<Gate> skipped = serving.map(this::skippable).orElse(NOTHING);
        boolean asked = !skipped.contains(Gate.APPROVAL) && approval(skipped).isNeeded();
        Optional<Decision.Collection> collected = asked ? requests.collectable() : Optional.empty();
        Reason reason = serving.isPresent() ? Reason.ALLOWED_ONCE : Reason.ALLOWED;
        return new Decision(
                Outcome.ALLOWED,
                collected.isPresent() ? Reason.APPROVED : reason,
                verdicts(skipped),
                attempt.rules().finding(),
                serving,
                collected,
                new Decision.RequestEffect.None());
    }

    /** The gates that fail unless they are skipped, each with its reason. */
    private Map<Gate, Reason> failures(Set<Gate> skipped) {
        Map<Gate, Reason> failures = new EnumMap<>(Gate.class);
        if (view.device().state() == DeviceState.REVOKED) {
            failures.put(Gate.KEY, Reason.REVOKED);
        } else if (!attempt.keyKnown()) {
            failures.put(Gate.KEY, Reason.UNKNOWN_KEY);
        }
        if (view.lockdowns().stream()
                .anyMatch(lockdown -> lockdown.covers(view.device().tags()))) {
            failures.put(Gate.LOCKDOWN, Reason.LOCKDOWN);
        }
        if (view.denies().stream().anyMatch(deny -> deny.refuses(attempt.source(), now))) {
            failures.put(Gate.TEMPORARY_DENY, Reason.TEMPORARY_DENY);
        }
        if (view.device().state() == DeviceState.PENDING) {
            failures.put(Gate.STATE, Reason.PENDING_CONFIRMATION);
        } else if (view.device().state() == DeviceState.DISABLED) {
            failures.put(Gate.STATE, Reason.DISABLED);
        }
        if (!view.admits(attempt.source())) {
            failures.put(Gate.SOURCE, Reason.SOURCE_NOT_ALLOWED);
        }
        if (attempt.rules().effect() == Effect.DENY) {
            failures.put(Gate.RULE, Reason.RULE);
        } else if (attempt.rules().effect() == Effect.FAIL) {
            failures.put(Gate.RULE, Reason.RULE_FAILED);
        }
        ApprovalPolicy approval = approval(skipped);
        if (approval.isNeeded() && !approval.isReachable()) {
            failures.put(Gate.APPROVAL, Reason.NO_APPROVER);
        } else if (approval.isNeeded() && requests.collectable().isEmpty()) {
            failures.put(Gate.APPROVAL, Reason.APPROVAL_PENDING);
        }
        return failures;
    }

    /** A rule asks for approval like a group that covers the device, unless rules are skipped. */
    private ApprovalPolicy approval(Set<Gate> skipped) {
        return attempt.rules().effect() == Effect.ASK && !skipped.contains(Gate.RULE)
                ? view.approval().required()
                : view.approval();
    }

    /**
     * The gates that an allowance skips in this view; it never skips the state of a pending device, nor an approval that must
     * be signed, also if a rule asks for it.
     */
    private Set<Gate> skippable(Allowance allowance) {
        Set<Gate> gates = EnumSet.noneOf(Gate.class);
        allowance.skips().forEach(skip -> gates.add(skip.gate()));
        if (view.device().state() != DeviceState.DISABLED) {
            gates.remove(Gate.STATE);
        }
        if (view.approval().demandsProof()) {
            gates.remove(Gate.APPROVAL);
            if (attempt.rules().effect() == Effect.ASK) {
                gates.remove(Gate.RULE);
            }
        }
        return gates;
    }

    private Optional<Gate> firstFailing(Set<Gate> skipped) {
        return failures(skipped).keySet().stream()
                .filter(gate -> !skipped.contains(gate))
                .findFirst();
    }

    private Map<Gate, GateResult> verdicts(Set<Gate> skipped) {
        Map<Gate, Reason> failures = failures(skipped);
        Map<Gate, GateResult> verdicts = new EnumMap<>(Gate.class);
        boolean over = false;
        for (Gate gate : Gate.values()) {
            if (over) {
                verdicts.put(gate, GateResult.NOT_REACHED);
            } else if (skipped.contains(gate) && (failures.containsKey(gate) || asks(gate))) {
                verdicts.put(gate, GateResult.SKIPPED);
            } else if (failures.containsKey(gate)) {
                verdicts.put(gate, GateResult.FAIL);
                over = true;
            } else {
                verdicts.put(gate, GateResult.PASS);
            }
        }
        return verdicts;
    }

    private boolean asks(Gate gate) {
        return gate == Gate.RULE && attempt.rules().effect() == Effect.ASK;
    }
}
