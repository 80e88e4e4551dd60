package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Removes the oldest journal entries, and leaves a signed truncation in their place.
 *
 * <p>Only entries that a checkpoint has signed are removed, and only from an intact journal, so that a truncation cannot
 * hide tampering. Thread-safe.
 */
public final class Retention {
    private static final System.Logger LOG = System.getLogger(Retention.class.getName());

    /** Entries removed by one call; decisions wait for it. */
    public static final int STEP = 5_000;

    /** Entries that are younger may still be written or repeated. */
    public static final Duration MIN = Duration.ofDays(1);

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final Checkpoints checkpoints;
    private final PolicyEditor editor;
    private final RetryingWriter writes;

    public Retention(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            Checkpoints checkpoints,
            PolicyEditor editor,
            RetryingWriter writes) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.checkpoints = checkpoints;
        this.editor = editor;
        this.writes = writes;
    }

    /** Removes entries older than {@code kept}, with the host as the actor. */
    public void keep(Duration kept) {
        long removed = cutBefore(Actor.HOST, clock.instant().minus(kept));
        if (removed > 0) {
            LOG.log(System.Logger.Level.INFO, "retention removed {0} journal entries", removed);
        }
    }

    /** @return how many entries were removed */
    public long cutBefore(Actor actor, Instant time) {
        if (actor.member().isPresent()) {
            // A truncation is no edit, so its commit could not require the member's token to be valid.
            throw new OperationException(OperationException.Kind.FORBIDDEN, "only the host removes history");
        }
        if (!store.truncates()) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT, "the store cannot remove history; it keeps all of it");
        }
        if (time.isAfter(clock.instant().minus(MIN))) {
            throw new OperationException(
                    OperationException.Kind.INVALID,
                    "the journal of the last " + MIN.toHours() + " hours cannot be removed");
        }
        Verification found = checkpoints.verify();
        if (!found.intact()) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "the journal is not intact, and nothing is removed from it: "
                            + found.brokenAt().orElseThrow());
        }
        return found.chains().stream()
                .mapToLong(chain -> cut(actor, chain, time))
                .sum();
    }

    private long cut(Actor actor, Verification.Chain chain, Instant time) {
        long latest = Math.min(chain.signed(), chain.last() - 1);
        long at = chain.cut();
        Optional<ChainHead> end = end(chain.chain(), at, latest, time);
        while (end.isPresent() && cut(actor, end.get(), end.get().sequence() - at)) {
            at = end.get().sequence();
            end = end(chain.chain(), at, latest, time);
        }
        return at - chain.cut();
    }

    /** The end of the next step, at most {@link #STEP} entries on; empty if no entry may be removed. */
    private Optional<ChainHead> end(String chain, long after, long latest, Instant time) {
        Optional<ChainHead> end = Optional.empty();
        long at = after;
        while (at < Math.min(latest, after + STEP)) {
            int limit = (int) Math.min(JournalVerifier.PAGE, Math.min(latest, after + STEP) - at);
            List<JournalRow> page = store.chain(chain, at, limit);
            for (JournalRow row : page) {
                if (!row.entry().time().isBefore(time)) {
                    return end;
                }
                end = Optional.of(ChainHead.of(row));
            }
            at = page.isEmpty() ? latest : page.get(page.size() - 1).sequence();
        }
        return end;
    }

    /** @return false if the chain was not truncated: another node was first, or a needed entry is gone */
    private boolean cut(Actor actor, ChainHead end, long count) {
        Optional<PolicyRecord> old = store.find(RecordMapper.CUT, RecordMapper.chainTerm(end.chain()));
        Optional<ChainTruncation> before =
                old.flatMap(record -> ChainTruncation.Signed.read(record.body()).signedBy(checkpoints.key()));
        ChainTruncation truncation = new ChainTruncation(end, count, clock.instant());
        PolicyRecord record = checkpoints
                .sign(truncation)
                .record(
                        end.chain(),
                        old.map(PolicyRecord::id).orElseGet(ids::next),
                        old.map(PolicyRecord::version).orElse(0L) + 1);
        JournalEntry audit = editor.audit(new PolicyEditor.AuditBody(
                actor.id(), "history.cut", RecordMapper.CUT, end.chain(), before.orElse(null), truncation));
        StoreWrite write = StoreWrite.of(audit).put(record).truncate(end).build();
        return writes.repeat(() -> store.write(write)).isWritten();
    }
}
