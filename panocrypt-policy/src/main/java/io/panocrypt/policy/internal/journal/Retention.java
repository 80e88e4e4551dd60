package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Removes the oldest rows of the journal, and leaves the site's signature in their place.
 *
 * <p>Only what a checkpoint has signed is removed, and only from a journal that is intact: a cut must not hide what somebody
 * has changed. Thread-safe.
 */
public final class Retention {
    private static final System.Logger LOG = System.getLogger(Retention.class.getName());

    /** Decisions wait while rows are removed: so many at a time. */
    public static final int STEP = 5_000;

    /** Whatever still writes or repeats a row is over by then. */
    public static final Duration MIN = Duration.ofDays(1);

    private final DecisionStore store;
    private final PolicyStore policies;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final Checkpoints checkpoints;
    private final PolicyEditor editor;
    private final RetryingWriter writes;

    public Retention(
            DecisionStore store,
            PolicyStore policies,
            InstantSource clock,
            IdGenerator ids,
            Checkpoints checkpoints,
            PolicyEditor editor,
            RetryingWriter writes) {
        this.store = store;
        this.policies = policies;
        this.clock = clock;
        this.ids = ids;
        this.checkpoints = checkpoints;
        this.editor = editor;
        this.writes = writes;
    }

    /** Removes what is older than that, as the host. */
    public void keep(Duration kept) {
        long removed = cutBefore(Actor.HOST, clock.instant().minus(kept));
        if (removed > 0) {
            LOG.log(System.Logger.Level.INFO, "retention removed {0} rows of the journal", removed);
        }
    }

    /** @return how many rows were removed */
    public long cutBefore(Actor actor, Instant time) {
        if (actor.member().isPresent()) {
            // A cut is no edit, and could not be committed under the condition that the member's token stands.
            throw new OperationException(OperationException.Kind.FORBIDDEN, "only the host removes history");
        }
        if (time.isAfter(clock.instant().minus(MIN))) {
            throw new OperationException(
                    OperationException.Kind.INVALID, "the journal of the last " + MIN.toHours() + " hours stays");
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

    /** The last of the next rows that may go, one step at most; empty if the next one stays. */
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

    /** @return false if another node was faster */
    private boolean cut(Actor actor, ChainHead end, long count) {
        Optional<PolicyRecord> old = policies.find(RecordMapper.CUT, RecordMapper.chainTerm(end.chain()));
        Optional<ChainTruncation> before =
                old.flatMap(found -> ChainTruncation.Signed.read(found.body()).signedBy(checkpoints.key()));
        ChainTruncation made = new ChainTruncation(end, count, clock.instant());
        PolicyRecord stands = checkpoints
                .sign(made)
                .record(
                        end.chain(),
                        old.map(PolicyRecord::id).orElseGet(ids::next),
                        old.map(PolicyRecord::version).orElse(0L) + 1);
        JournalCut cut = new JournalCut(
                end,
                new PolicyEdit.Change.Put(stands),
                editor.audit(new PolicyEditor.AuditBody(
                        actor.id(), "history.cut", RecordMapper.CUT, end.chain(), before.orElse(null), made)));
        return writes.repeat(() -> store.cut(cut)) == CommitResult.COMMITTED;
    }
}
