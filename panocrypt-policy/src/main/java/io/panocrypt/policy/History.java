package io.panocrypt.policy;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.journal.Checkpoints;
import io.panocrypt.policy.internal.journal.ExportWriter;
import io.panocrypt.policy.internal.journal.JournalCursor;
import io.panocrypt.policy.internal.journal.JournalSearch;
import io.panocrypt.policy.internal.journal.JournalSearch.Found;
import io.panocrypt.policy.internal.journal.JournalSearch.Hit;
import io.panocrypt.policy.internal.journal.JournalSearch.Wanted;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.unlock.AttemptEntry;
import io.panocrypt.policy.internal.unlock.AttemptLog;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.HistoryFilter;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads, verifies, exports and shortens the journal of attempts and edits. Thread-safe; throws as {@link Devices} does. */
public final class History {
    /** Times of which every store can tell the order. */
    private static final Instant MIN = Instant.parse("0000-01-01T00:00:00Z");

    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999Z");

    /**
     * Stands for the chain of counted attempts in a cursor; sorts before every chain name, so pages can continue after it.
     */
    private static final String COUNTED = " ";

    private final JournalSearch search;
    private final Checkpoints checkpoints;
    private final AttemptLog attempts;
    private final Retention retention;
    private final ExportWriter exporter;

    History(
            JournalSearch search,
            Checkpoints checkpoints,
            AttemptLog attempts,
            Retention retention,
            ExportWriter exporter) {
        this.search = search;
        this.checkpoints = checkpoints;
        this.attempts = attempts;
        this.retention = retention;
        this.exporter = exporter;
    }

    /**
     * Attempts, newest first. The first page also includes counted attempts that are not in the journal yet: those of this
     * node as of now, those of others as of their last flush.
     *
     * @param deviceId only attempts of this device; null for all
     * @param cursor the position after which to continue; null from the newest
     * @param limit the page size, 1 to 1,000
     */
    public Page<UnlockRecord> unlocks(@Nullable String deviceId, @Nullable String cursor, int limit) {
        return searchUnlocks(HistoryFilter.ALL.withDevice(deviceId), cursor, limit);
    }

    /** What operators changed, newest first; parameters as for {@link #unlocks}. */
    public Page<AuditRecord> audit(@Nullable String cursor, int limit) {
        return searchAudit(HistoryFilter.ALL, cursor, limit);
    }

    /**
     * Attempts that fit, newest first; as {@link #unlocks} otherwise.
     *
     * <p>Times and the device are found by the store's indexes. Outcome and source are looked for in what these leave, at most
     * 20,000 entries or about 2 s a call. A page that ends for that reason has fewer items than the limit, or none, and a
     * cursor to go on; {@link Page#examined} says how many entries were looked at.
     *
     * @throws OperationException {@code INVALID} if the filter asks for what only edits have, or for impossible times
     */
    public Page<UnlockRecord> searchUnlocks(HistoryFilter filter, @Nullable String cursor, int limit) {
        Paging.check(limit);
        check(filter);
        if (filter.isOfEdits()) {
            throw invalid("attempts have no actor and no action; these are in the audit");
        }
        Found<UnlockRecord> found = search.find(attempts(filter), cursor, limit);
        return cursor == null ? withCounted(found, filter, limit) : page(found);
    }

    /**
     * Edits that fit, newest first; as {@link #searchUnlocks} otherwise, with actor and action for outcome and source.
     *
     * @throws OperationException {@code INVALID} if the filter asks for what only attempts have, or for impossible times
     */
    public Page<AuditRecord> searchAudit(HistoryFilter filter, @Nullable String cursor, int limit) {
        Paging.check(limit);
        check(filter);
        if (filter.isOfAttempts()) {
            throw invalid("edits have no outcome and no source; these are in the history");
        }
        return page(search.find(edits(filter), cursor, limit));
    }

    private static void check(HistoryFilter filter) {
        Instant from = filter.from();
        Instant to = filter.to();
        if (from != null && to != null && !from.isBefore(to)) {
            throw invalid("from must be before to");
        }
        if (Stream.of(from == null ? MIN : from, to == null ? MAX : to)
                .anyMatch(time -> time.isBefore(MIN) || time.isAfter(MAX))) {
            throw invalid("from and to must be in the years 0 to 9999");
        }
    }

    private static OperationException invalid(String problem) {
        return new OperationException(OperationException.Kind.INVALID, problem);
    }

    private static Wanted<UnlockRecord> attempts(HistoryFilter filter) {
        return new Wanted<>(
                JournalEntry.Kind.UNLOCK, filter, History::unlock, filter.isOfAttempts() ? filter::admits : null);
    }

    private static Wanted<AuditRecord> edits(HistoryFilter filter) {
        return new Wanted<>(
                JournalEntry.Kind.AUDIT, filter, History::audit, filter.isOfEdits() ? filter::admits : null);
    }

    /** Merges counted attempts into the first page by time, and cuts it to the limit. */
    private Page<UnlockRecord> withCounted(Found<UnlockRecord> found, HistoryFilter filter, int limit) {
        // A flush may have written some of them in the meantime.
        Set<String> written =
                found.hits().stream().map(hit -> hit.row().entry().id()).collect(Collectors.toSet());
        List<Hit<UnlockRecord>> counted = attempts.counted(filter.deviceId())
                .filter(entry -> !written.contains(entry.id()))
                .map(entry -> new JournalRow(COUNTED, 0, entry, ""))
                .map(row -> new Hit<>(row, unlock(row)))
                .filter(hit -> filter.admits(hit.value()))
                .toList();
        List<Hit<UnlockRecord>> all = Stream.concat(found.hits().stream(), counted.stream())
                .sorted(Comparator.comparing(
                        (Hit<UnlockRecord> hit) -> hit.row().entry().time(), Comparator.reverseOrder()))
                .toList();
        int examined = found.examined() + counted.size();
        boolean isCut = all.size() > limit;
        List<Hit<UnlockRecord>> page = isCut ? all.subList(0, limit) : all;
        Optional<String> next =
                isCut ? Optional.of(JournalCursor.after(page.get(limit - 1).row())) : found.nextCursor();
        return page(new Found<>(page, found.unreadable(), next, examined));
    }

    private static <T> Page<T> page(Found<T> found) {
        return new Page<>(
                found.hits().stream().map(Hit::value).toList(),
                found.unreadable(),
                found.nextCursor(),
                found.examined());
    }

    /** Recomputes every chain and compares it with every checkpoint. Reads the whole journal. */
    public Verification verify() {
        return checkpoints.verify();
    }

    /**
     * Whether the store is older than a checkpoint of this site that was kept elsewhere: it lacks an entry that the checkpoint
     * lists. Such a store is a copy of before, and would give what was spent since once more. False for a checkpoint that
     * this site's key has not signed, and for entries that retention has removed.
     */
    public boolean isBehind(Checkpoint seen) {
        return checkpoints.isBehind(seen);
    }

    /** Signs the heads of all chains in a checkpoint, unless the last one still covers them; for tests. */
    void checkpoint() {
        checkpoints.take();
    }

    /**
     * Writes the counts that are due to the journal: aggregated refusals, and attempts of hosts that stopped waiting; for
     * tests.
     */
    void flush() {
        attempts.flush();
    }

    /** The key that signs checkpoints, truncations and exports; {@linkplain PublicJwk#kid kid} identifies it. */
    public PublicJwk checkpointKey() {
        return checkpoints.key();
    }

    /**
     * Writes the whole journal, that is attempts, audit and checkpoints of all nodes, in the form that {@link HistoryExport}
     * reads: ASCII text, a signed header line, then one line for each entry. Holds at most a thousand entries in memory.
     *
     * @param out is flushed and not closed
     * @throws IOException if it cannot be written to
     * @throws io.panocrypt.policy.spi.store.StoreException if the store fails, or
     *     {@linkplain #cutBefore entries were removed} during the export; the output is then useless
     */
    public void export(OutputStream out) throws IOException {
        exporter.write(out);
    }

    /**
     * Writes the entries that fit as lines of JSON in ASCII: a line with the filter, then attempts and edits, each newest
     * first, in the form of {@link #export(OutputStream)}. Entries that cannot be read are among them. Unlike a whole export it
     * proves nothing: its entries can be looked up in one. Holds at most a thousand entries in memory.
     *
     * @param out is flushed and not closed
     * @throws OperationException {@code INVALID} if nothing can fit: the filter asks for what only attempts have and for what
     *     only edits have, or for impossible times
     */
    public void export(HistoryFilter filter, OutputStream out) throws IOException {
        check(filter);
        if (filter.isOfAttempts() && filter.isOfEdits()) {
            throw invalid("no entry has both an outcome or a source, and an actor or an action");
        }
        List<Wanted<?>> wanted = new ArrayList<>();
        if (!filter.isOfEdits()) {
            wanted.add(attempts(filter));
        }
        if (!filter.isOfAttempts()) {
            wanted.add(edits(filter));
        }
        exporter.write(filter, wanted, search, out);
    }

    /**
     * Removes the entries at the beginning of every chain that are older than a time, attempts and audit alike. A signed
     * truncation replaces them. Entries that no checkpoint has signed stay, and so does the last entry of each chain. Reads
     * the whole journal first.
     *
     * @param time at least a day ago
     * @return how many entries were removed
     * @throws OperationException if the actor is a member, the time is too late, or the journal is not intact; nothing is
     *     removed
     */
    public long cutBefore(Actor actor, Instant time) {
        return retention.cutBefore(actor, time);
    }

    static UnlockRecord unlock(JournalRow row) {
        AttemptEntry body = Json.read(row.entry().body(), AttemptEntry.class);
        return new UnlockRecord(
                row.entry().time(),
                String.valueOf(row.entry().deviceId()),
                body.source(),
                body.kid(),
                body.outcome(),
                body.reason(),
                body.count(),
                body.gates(),
                body.rule(),
                body.spent(),
                body.note(),
                row.chain().equals(COUNTED) ? "" : row.chain(),
                row.hash());
    }

    private static AuditRecord audit(JournalRow row) {
        PolicyEditor.AuditBody body = Json.read(row.entry().body(), PolicyEditor.AuditBody.class);
        return new AuditRecord(
                row.entry().time(),
                body.actor(),
                body.action(),
                body.kind(),
                body.objectId(),
                Json.text(body.before()),
                Json.text(body.after()),
                row.chain(),
                row.hash());
    }
}
