package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.event.SeenSources;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people are told of a decision: one entry of the outbox at most, and none for what they have been told already.
 *
 * <p>Thread-safe.
 */
public final class DecisionNotices {
    private static final Map<Reason, EventType> ALARMS = Map.of(
            Reason.DISABLED, EventType.DEVICE_REFUSED_DISABLED,
            Reason.REVOKED, EventType.DEVICE_REFUSED_REVOKED,
            Reason.NO_APPROVER, EventType.DEVICE_NO_APPROVER);

    private final OutboxEntries events;
    private final SeenSources sources;
    private final AlarmDeduplicator alarms;

    public DecisionNotices(OutboxEntries events, SeenSources sources, AlarmDeduplicator alarms) {
        this.events = events;
        this.sources = sources;
        this.alarms = alarms;
    }

    /**
     * What is committed with a decision.
     *
     * @param outbox one entry at most
     * @param changes what the store has to know so that it is not told again
     * @param done what this node remembers once it is committed
     */
    record Announcement(List<OutboxEntry> outbox, List<Change> changes, Runnable done) {
        static final Announcement NONE = new Announcement(List.of(), List.of(), () -> {});
    }

    /**
     * What is told of a decision.
     *
     * @param commit the id of its history row
     * @param opened the request that it opens
     */
    Announcement of(EvaluatedAttempt judged, String commit, Optional<ApprovalRequest> opened) {
        if (!events.areTold()) {
            return Announcement.NONE;
        }
        if (opened.isPresent()) {
            DomainEvent waits = of(opened.get().id(), EventType.REQUEST_OPENED, judged)
                    .about(opened.get())
                    .saying(
                            opened.get().askedAgain()
                                    ? "it was unlocked a short while ago: somebody else may ask"
                                    : "");
            return told(waits, List.of(), () -> {});
        }
        if (judged.decision().outcome() == Outcome.ALLOWED) {
            return answered(judged, commit);
        }
        return ofRefusal(judged);
    }

    /** The alarm that a refusal raises, at most once an hour. */
    Announcement ofRefusal(EvaluatedAttempt judged) {
        EventType alarm = ALARMS.get(judged.decision().reason());
        return alarm == null || !events.areTold() ? Announcement.NONE : alarm(alarm, judged);
    }

    private Announcement answered(EvaluatedAttempt judged, String commit) {
        Decision decision = judged.decision();
        Device device = judged.device();
        Instant now = judged.snapshot().now();
        List<EventType> types = new ArrayList<>();
        if (decision.spends().isPresent() || decision.collects().isPresent()) {
            types.add(EventType.GRANT_SPENT);
        }
        if (decision.collects().filter(Decision.Collection::last).isPresent()) {
            types.add(EventType.REQUEST_COLLECTED);
        }
        Optional<IpAddress> first = judged.attempt().source().filter(source -> !sources.isKnown(device.id(), source));
        List<Change> changes = first.map(source -> (Change) new Change.Put(sources.record(device.id(), source, now)))
                .map(List::of)
                .orElse(List.of());
        // Who can unlock from anywhere could otherwise have as many notices sent as there are addresses.
        String subject = EventType.DEVICE_FIRST_SOURCE.publicName() + ":" + device.id();
        boolean tellsFirst =
                first.flatMap(source -> alarms.key(subject, site(first), now)).isPresent();
        if (tellsFirst) {
            types.add(EventType.DEVICE_FIRST_SOURCE);
        }
        if (types.isEmpty()) {
            return new Announcement(List.of(), changes, () -> {});
        }
        DomainEvent answered = of(commit, types.get(0), judged).withTypes(types);
        Optional<ApprovalRequest> collected = decision.collects().map(Decision.Collection::request);
        return told(
                collected
                        .map(request -> answered.about(request).concerning(List.copyOf(request.approvedBy())))
                        .orElse(answered),
                changes,
                () -> {
                    if (tellsFirst) {
                        alarms.raised(subject, site(first), now);
                    }
                });
    }

    private Announcement alarm(EventType type, EvaluatedAttempt judged) {
        String subject = type.publicName() + ":" + judged.device().id();
        // That nobody can approve says nothing about who asks.
        String source = type == EventType.DEVICE_NO_APPROVER
                ? "any"
                : site(judged.attempt().source());
        Instant now = judged.snapshot().now();
        return alarms.key(subject, source, now)
                .map(key -> told(of(key, type, judged), List.of(), () -> alarms.raised(subject, source, now)))
                .orElse(Announcement.NONE);
    }

    private static String site(Optional<IpAddress> source) {
        return source.map(address -> address.site().toString()).orElse("unknown");
    }

    private Announcement told(DomainEvent occurrence, List<Change> changes, Runnable done) {
        return new Announcement(events.of(occurrence), changes, () -> {
            done.run();
            events.nudge();
        });
    }

    private static DomainEvent of(String key, EventType type, EvaluatedAttempt judged) {
        return DomainEvent.of(key, type, judged.snapshot().now())
                .about(judged.device())
                .from(judged.attempt().source().map(IpAddress::toString));
    }
}
