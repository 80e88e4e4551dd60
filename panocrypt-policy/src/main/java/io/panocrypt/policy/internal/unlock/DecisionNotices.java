package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.event.SeenSources;
import io.panocrypt.policy.internal.unlock.Evaluation.Decided;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.OutboxEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What people are notified of when a decision is committed: one outbox entry at most, and none for what they were notified
 * of already. Thread-safe.
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

    /** One that was raised by that source; others like it are not, for an hour. */
    private record Alarm(String subject, String source, Instant time) {}

    /**
     * What is committed with a decision; {@link DecisionNotices#committed} must follow the commit.
     *
     * @param outbox one entry at most
     * @param changes what the store has to know so that nobody is notified again
     * @param alarm what this node has to know so that nobody is notified again
     */
    record Announcement(List<OutboxEntry> outbox, List<Change> changes, Optional<Alarm> alarm) {
        static final Announcement NONE = new Announcement(List.of(), List.of(), Optional.empty());
    }

    /**
     * What people are notified of by a decision.
     *
     * @param entryId the id of its journal entry
     * @param opened the request that it opens
     */
    Announcement of(Decided decided, String entryId, Optional<ApprovalRequest> opened) {
        if (!events.isEnabled()) {
            return Announcement.NONE;
        }
        if (opened.isPresent()) {
            return new Announcement(events.of(opening(decided, opened.get())), List.of(), Optional.empty());
        }
        return decided.isAllowed() ? ofAnswer(decided, entryId) : ofRefusal(decided);
    }

    /** Remembers the alarm, and has the outbox looked at. */
    void committed(Announcement announcement) {
        announcement.alarm().ifPresent(alarm -> alarms.raised(alarm.subject(), alarm.source(), alarm.time()));
        if (!announcement.outbox().isEmpty()) {
            events.wakeDispatcher();
        }
    }

    private static DomainEvent opening(Decided decided, ApprovalRequest opened) {
        return event(opened.id(), EventType.REQUEST_OPENED, decided)
                .about(opened)
                .saying(Stream.concat(
                                opened.askedAgain()
                                        ? Stream.of("it was unlocked a short while ago: somebody else may ask")
                                        : Stream.of(),
                                decided.decision().rule().stream()
                                        .map(finding -> "rule " + finding.rule() + ": " + finding.reason()))
                        .collect(Collectors.joining("; ")));
    }

    /** The alarm that a refusal raises, at most once an hour. */
    Announcement ofRefusal(Decided decided) {
        EventType alarm = ALARMS.get(decided.decision().reason());
        return alarm == null || !events.isEnabled() ? Announcement.NONE : ofAlarm(alarm, decided);
    }

    private Announcement ofAnswer(Decided decided, String entryId) {
        Decision decision = decided.decision();
        Instant now = decided.snapshot().now();
        String deviceId = decided.device().id();
        Optional<IpAddress> newSource = decided.attempt().source().filter(source -> !sources.isKnown(deviceId, source));
        List<Change> changes = newSource
                .map(source -> (Change) new Change.Put(sources.record(deviceId, source, now)))
                .map(List::of)
                .orElse(List.of());
        // At most a few sources an hour: a device that may unlock from anywhere must not cause any number of notices.
        Optional<Alarm> alarm = newSource
                .map(source ->
                        new Alarm(EventType.DEVICE_FIRST_SOURCE.wireName() + ":" + deviceId, subnet(newSource), now))
                .filter(first -> key(first).isPresent());
        List<EventType> types = types(decision, alarm.isPresent());
        if (types.isEmpty()) {
            return new Announcement(List.of(), changes, Optional.empty());
        }
        DomainEvent answered = event(entryId, types.get(0), decided).withTypes(types);
        DomainEvent event = decision.collects()
                .map(Decision.Collection::request)
                .map(request -> answered.about(request).concerning(List.copyOf(request.approvedBy())))
                .orElse(answered);
        return new Announcement(events.of(event), changes, alarm);
    }

    private static List<EventType> types(Decision decision, boolean firstSource) {
        List<EventType> types = new ArrayList<>();
        if (decision.spends().isPresent() || decision.collects().isPresent()) {
            types.add(EventType.GRANT_SPENT);
        }
        if (decision.collects().filter(Decision.Collection::last).isPresent()) {
            types.add(EventType.REQUEST_COLLECTED);
        }
        if (firstSource) {
            types.add(EventType.DEVICE_FIRST_SOURCE);
        }
        return types;
    }

    private Announcement ofAlarm(EventType type, Decided decided) {
        // That nobody can approve does not depend on who asks.
        String source = type == EventType.DEVICE_NO_APPROVER
                ? "any"
                : subnet(decided.attempt().source());
        Alarm alarm = new Alarm(
                type.wireName() + ":" + decided.device().id(),
                source,
                decided.snapshot().now());
        return key(alarm)
                .map(key -> new Announcement(events.of(event(key, type, decided)), List.of(), Optional.of(alarm)))
                .orElse(Announcement.NONE);
    }

    /** Empty if the alarm was raised within this hour. */
    private Optional<String> key(Alarm alarm) {
        return alarms.key(alarm.subject(), alarm.source(), alarm.time());
    }

    private static String subnet(Optional<IpAddress> source) {
        return source.map(address -> address.site().toString()).orElse("unknown");
    }

    private static DomainEvent event(String key, EventType type, Decided decided) {
        return DomainEvent.of(key, type, decided.snapshot().now())
                .about(decided.device())
                .from(decided.attempt().source().map(IpAddress::toString));
    }
}
