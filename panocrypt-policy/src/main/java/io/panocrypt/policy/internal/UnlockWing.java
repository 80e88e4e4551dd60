package io.panocrypt.policy.internal;

import io.panocrypt.policy.internal.backup.FenceGate;
import io.panocrypt.policy.internal.event.SeenSources;
import io.panocrypt.policy.internal.passkey.VoteProofs;
import io.panocrypt.policy.internal.policy.PolicyViewFactory;
import io.panocrypt.policy.internal.resilience.ConcurrencyLimiter;
import io.panocrypt.policy.internal.resilience.OutageLog;
import io.panocrypt.policy.internal.resilience.ReadinessCheck;
import io.panocrypt.policy.internal.resilience.RequestFaultLog;
import io.panocrypt.policy.internal.unlock.Advertiser;
import io.panocrypt.policy.internal.unlock.AliveSignals;
import io.panocrypt.policy.internal.unlock.AttemptLog;
import io.panocrypt.policy.internal.unlock.DecisionEvents;
import io.panocrypt.policy.internal.unlock.DecisionNotices;
import io.panocrypt.policy.internal.unlock.DeviceLocks;
import io.panocrypt.policy.internal.unlock.RuleGate;
import io.panocrypt.policy.internal.unlock.Unlocker;
import io.panocrypt.policy.spi.event.DecisionListener;
import io.panocrypt.policy.spi.rule.UnlockRule;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The part of a service that answers unlock and advertisement requests. */
public record UnlockWing(
        Unlocker unlocker,
        Advertiser advertiser,
        AliveSignals alive,
        RuleGate rules,
        PolicyViewFactory views,
        AttemptLog attempts,
        DecisionEvents events,
        ConcurrencyLimiter limiter,
        ReadinessCheck readiness) {

    /**
     * The settings that only this wing needs.
     *
     * @param turnTimeout how long a request waits for another request of the same device
     * @param pendingLife how long an approval request lives after its last attempt
     * @param ruleTimeout for all rules of one evaluation together
     * @param log for outages, and for faults of single requests
     */
    public record Settings(
            int requestsAtOnce,
            Duration turnTimeout,
            Duration pendingLife,
            List<DecisionListener> listeners,
            List<UnlockRule> rules,
            Duration ruleTimeout,
            System.Logger log) {}

    public static UnlockWing of(Foundation base, FenceGate gate, VoteProofs proofs, Settings settings) {
        DecisionNotices notices = new DecisionNotices(base.events(), new SeenSources(base.store()), base.alarms());
        AttemptLog attempts = new AttemptLog(base.store(), base.writes(), base.ids(), base.clock(), notices);
        // The system clock: a store's clock may wait for the store, and delay every failing request.
        OutageLog outages = new OutageLog(settings.log(), "unlock requests", InstantSource.system());
        OutageLog single = new OutageLog(settings.log(), "single unlock requests", InstantSource.system());
        OutageLog checks = new OutageLog(settings.log(), "readiness checks", InstantSource.system());
        RequestFaultLog faults = new RequestFaultLog(outages, single);
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(settings.requestsAtOnce(), faults);
        PolicyViewFactory views = new PolicyViewFactory(base.policy(), proofs, settings.pendingLife());
        AliveSignals alive = new AliveSignals(base.store(), views);
        RuleGate rules = new RuleGate(
                settings.rules(),
                settings.ruleTimeout(),
                base.store(),
                alive,
                new OutageLog(settings.log(), "unlock rules", InstantSource.system()));
        DecisionEvents events = new DecisionEvents(settings.listeners());
        Unlocker unlocker = new Unlocker(
                base.store(),
                gate,
                views,
                rules,
                attempts,
                new DeviceLocks(settings.turnTimeout()),
                base.custodies(),
                events,
                limiter,
                faults);
        return new UnlockWing(
                unlocker,
                new Advertiser(base.custodies()),
                alive,
                rules,
                views,
                attempts,
                events,
                limiter,
                new ReadinessCheck(base.store(), base.custodies(), checks));
    }
}
