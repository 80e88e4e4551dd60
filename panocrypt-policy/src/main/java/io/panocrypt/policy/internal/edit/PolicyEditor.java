package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies operators' edits, each with its audit entry. A member's edit is committed only while the token of its
 * authentication is valid. A service account commits only edits that say which scope they need. Thread-safe.
 */
public final class PolicyEditor {
    /** How often an edit without a version is retried after conflicts, so that others cannot block it for long. */
    private static final int ATTEMPTS = 64;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final OutboxEntries events;

    /** @param clock in whole milliseconds, as times are stored */
    public PolicyEditor(Store store, InstantSource clock, IdGenerator ids, OutboxEntries events) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.events = events;
    }

    /** The body of an audit entry; the entry itself has the time and the device. */
    public record AuditBody(
            String actor,
            String action,
            String kind,
            String objectId,
            @Nullable Object before,
            @Nullable Object after) {}

    /** An edit under construction. */
    public final class Draft {
        private final AuditBody audit;
        private final @Nullable ActingMember acting;
        private final List<Change> changes = new ArrayList<>();
        private final List<GrantScope> cancels = new ArrayList<>();
        private final List<Grant> grants = new ArrayList<>();
        private final List<OutboxEntry> outbox = new ArrayList<>();
        private @Nullable Long epoch;
        private boolean growsEpoch;
        private boolean admitsServiceAccount;

        private Draft(Actor actor, AuditBody audit) {
            this.audit = audit;
            this.acting = actor.member()
                    .map(member -> new ActingMember(store, member))
                    .orElse(null);
        }

        /**
         * States that the edit is that act, so that a service account may commit it.
         *
         * @param device as the edit requires or makes it, whose tags must be in a scope
         * @throws OperationException {@code FORBIDDEN} for a service account without such a scope
         */
        public Draft actOn(Scope.Act act, Device device) {
            if (acting != null) {
                acting.requireScope(act, device);
            }
            admitsServiceAccount = true;
            return this;
        }

        /** States that the edit changes nothing but that member, who may do it even as a service account. */
        public Draft onlyFor(String memberId) {
            admitsServiceAccount = acting != null && acting.is(memberId);
            return this;
        }

        public Draft put(PolicyRecord record) {
            changes.add(new Change.Put(record));
            return this;
        }

        public Draft delete(PolicyRecord record) {
            changes.add(new Change.Delete(record.kind(), record.id(), record.version()));
            return this;
        }

        public Draft require(String kind, String id, long version) {
            changes.add(new Change.Require(kind, id, version));
            return this;
        }

        public Draft cancel(GrantScope scope) {
            cancels.add(scope);
            return this;
        }

        public Draft grant(Grant grant) {
            grants.add(grant);
            return this;
        }

        public Draft enqueue(List<OutboxEntry> entries) {
            outbox.addAll(entries);
            return this;
        }

        /** Notifies new approvers of pending requests, since the edit may create some. */
        public Draft approversMayHaveChanged() {
            return enqueue(events.approversMayHaveChanged());
        }

        /** Commits only in the epoch of the shared policy by which the edit was checked. */
        public Draft requireEpochOf(PolicyCache.Shared shared) {
            epoch = shared.epoch();
            return this;
        }

        /** Makes other decisions and edits read shared policy again. */
        public Draft bumpEpoch() {
            growsEpoch = true;
            return this;
        }

        /** Applies the edit; retries if only the acting member's record has changed. */
        private WriteResult apply() {
            WriteResult result = applyOnce();
            for (int left = ATTEMPTS; isConflict(result) && hasActorMoved() && left > 0; left--) {
                result = applyOnce();
            }
            if (!outbox.isEmpty() && result.isWritten()) {
                events.wakeDispatcher();
            }
            return result;
        }

        private boolean hasActorMoved() {
            return acting != null && acting.hasMoved();
        }

        private WriteResult applyOnce() {
            List<Change> conditional = new ArrayList<>(changes);
            if (acting != null) {
                if (!admitsServiceAccount) {
                    acting.refuseServiceAccount();
                }
                acting.refuseExpired(clock.instant());
                conditional.add(acting.requirement());
            }
            return store.write(StoreWrite.of(PolicyEditor.this.audit(audit))
                    .inEpoch(epoch)
                    .growEpoch(growsEpoch)
                    .change(conditional)
                    .cancel(cancels)
                    .grant(grants)
                    .enqueue(outbox)
                    .build());
        }
    }

    /** The audit entry for the journal, with a new identifier and the present time. */
    public JournalEntry audit(AuditBody audit) {
        String device = audit.kind().equals(RecordMapper.DEVICE) ? audit.objectId() : null;
        return new JournalEntry(ids.next(), JournalEntry.Kind.AUDIT, clock.instant(), device, Json.write(audit));
    }

    public Draft draft(
            Actor actor, String action, String kind, String id, @Nullable Object before, @Nullable Object after) {
        return new Draft(actor, new AuditBody(actor.id(), action, kind, id, before, after));
    }

    /**
     * Applies an edit once.
     *
     * @throws OperationException {@code STALE} after a conflict, {@code TAKEN} if a name or another unique term is in use
     */
    public void apply(Draft draft) {
        WriteResult result = draft.apply();
        if (isConflict(result)) {
            throw new OperationException(
                    OperationException.Kind.STALE, "it was changed by somebody else in the meantime");
        }
        refuseTaken(result);
    }

    /**
     * Reads, drafts and applies an edit; starts again after a conflict, at most 64 times.
     *
     * @return the edited object of the committed draft
     */
    public <R, T> T retrying(Supplier<R> read, Function<R, Edit<T>> draft) {
        return retrying(ATTEMPTS, read, draft);
    }

    /** The same with another limit. */
    public <R, T> T retrying(int attempts, Supplier<R> read, Function<R, Edit<T>> draft) {
        for (int attempt = 0; attempt < attempts; attempt++) {
            Edit<T> edit = draft.apply(read.get());
            WriteResult result = edit.draft().apply();
            if (!isConflict(result)) {
                refuseTaken(result);
                return edit.edited();
            }
        }
        throw new OperationException(
                OperationException.Kind.STALE, "it was changed by others again and again; try again");
    }

    /** Refuses an edit if the object is no longer at the version that the operator saw. */
    public static void refuseStale(String what, long wanted, long found) {
        if (wanted != found) {
            throw new OperationException(OperationException.Kind.STALE, "the " + what + " is at version " + found);
        }
    }

    private static boolean isConflict(WriteResult result) {
        return !result.isWritten() && !(result instanceof WriteResult.Taken);
    }

    private static void refuseTaken(WriteResult result) {
        if (result instanceof WriteResult.Taken taken) {
            String what = taken.term().startsWith("name:") ? "that name" : "that identity";
            throw new OperationException(OperationException.Kind.TAKEN, what + " is taken");
        }
    }
}
