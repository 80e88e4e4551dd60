package io.panocrypt.policy.model.history;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.net.Cidr;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which journal entries to read; a null member does not filter. An entry must fit every other one. Immutable.
 *
 * @param from only entries of this time or later
 * @param to only entries before this time
 * @param deviceId only attempts on this device, and edits of it; an approver's decision is an edit of a request
 * @param outcome only attempts that ended so
 * @param source only attempts from an address in this block
 * @param actor only edits by this actor, as {@link AuditRecord#actor} names it
 * @param action only edits of this kind, such as {@code device.disable}; {@code device} means all that begin with {@code
 *     device.}
 */
public record HistoryFilter(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String deviceId,
        @Nullable Outcome outcome,
        @Nullable Cidr source,
        @Nullable String actor,
        @Nullable String action) {
    /** Reads every entry. */
    public static final HistoryFilter ALL = new HistoryFilter(null, null, null, null, null, null, null);

    /** The same filter with that beginning and end; null for none. */
    public HistoryFilter withTimes(@Nullable Instant first, @Nullable Instant end) {
        return new HistoryFilter(first, end, deviceId, outcome, source, actor, action);
    }

    /** The same filter for one device; null for all. */
    public HistoryFilter withDevice(@Nullable String id) {
        return new HistoryFilter(from, to, id, outcome, source, actor, action);
    }

    /** The same filter for one outcome; null for all. */
    public HistoryFilter withOutcome(@Nullable Outcome wanted) {
        return new HistoryFilter(from, to, deviceId, wanted, source, actor, action);
    }

    /** The same filter for the addresses of one block; null for all. */
    public HistoryFilter withSource(@Nullable Cidr block) {
        return new HistoryFilter(from, to, deviceId, outcome, block, actor, action);
    }

    /** The same filter for one actor; null for all. */
    public HistoryFilter withActor(@Nullable String id) {
        return new HistoryFilter(from, to, deviceId, outcome, source, id, action);
    }

    /** The same filter for one kind of edits; null for all. */
    public HistoryFilter withAction(@Nullable String wanted) {
        return new HistoryFilter(from, to, deviceId, outcome, source, actor, wanted);
    }

    /** Whether it asks for what only attempts have: an outcome or a source. */
    public boolean isOfAttempts() {
        return outcome != null || source != null;
    }

    /** Whether it asks for what only edits have: an actor or an action. */
    public boolean isOfEdits() {
        return actor != null || action != null;
    }

    /** Whether an attempt fits. */
    public boolean admits(UnlockRecord attempt) {
        return !isOfEdits()
                && isWithin(attempt.time())
                && (deviceId == null || attempt.deviceId().equals(deviceId))
                && (outcome == null || attempt.outcome() == outcome)
                && (source == null || attempt.source().filter(source::contains).isPresent());
    }

    /** Whether an edit fits, apart from its device: {@link AuditRecord} does not name the device of every edit. */
    public boolean admits(AuditRecord edit) {
        return !isOfAttempts()
                && isWithin(edit.time())
                && (actor == null || edit.actor().equals(actor))
                && (action == null
                        || edit.action().equals(action)
                        || edit.action().startsWith(action + "."));
    }

    private boolean isWithin(Instant time) {
        return (from == null || !time.isBefore(from)) && (to == null || time.isBefore(to));
    }
}
