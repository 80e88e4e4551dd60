package io.panocrypt.policy;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.journal.Checkpoints;
import io.panocrypt.policy.internal.journal.ExportWriter;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.PageReader;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.unlock.AttemptEntry;
import io.panocrypt.policy.internal.unlock.AttemptLog;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads, verifies, exports and shortens the journal of attempts and edits. Thread-safe; throws as {@link Devices} does. */
public final class History {
    private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18})/(\\d{1,18})/(\\P{Cntrl}+)");

    /**
     * Stands for the chain of counted attempts in a cursor; sorts before every chain name, so pages can continue after it.
     */
    private static final String COUNTED = " ";

    private final Store store;
    private final Checkpoints checkpoints;
    private final AttemptLog attempts;
    private final Retention retention;
    private final ExportWriter exporter;

    History(Store store, Checkpoints checkpoints, AttemptLog attempts, Retention retention, ExportWriter exporter) {
        this.store = store;
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
        Page<JournalRow> rows = read(JournalEntry.Kind.UNLOCK, deviceId, cursor, limit);
        return readable(cursor == null ? withCounted(rows, deviceId, limit) : rows, History::unlock);
    }

    /** Merges counted attempts into the first page by time, and cuts it to the limit. */
    private Page<JournalRow> withCounted(Page<JournalRow> rows, @Nullable String deviceId, int limit) {
        // A flush may have written some of them in the meantime.
        Set<String> written = rows.items().stream().map(row -> row.entry().id()).collect(Collectors.toSet());
        List<JournalRow> all = Stream.concat(
                        rows.items().stream(),
                        attempts.counted(deviceId)
                                .filter(entry -> !written.contains(entry.id()))
                                .map(entry -> new JournalRow(COUNTED, 0, entry, "")))
                .sorted(Comparator.comparing((JournalRow row) -> row.entry().time(), Comparator.reverseOrder()))
                .toList();
        if (all.size() <= limit) {
            return new Page<>(all, rows.nextCursor());
        }
        List<JournalRow> page = all.subList(0, limit);
        return new Page<>(page, Optional.of(cursor(page.get(limit - 1))));
    }

    /** What operators changed, newest first; parameters as for {@link #unlocks}. */
    public Page<AuditRecord> audit(@Nullable String cursor, int limit) {
        return readable(read(JournalEntry.Kind.AUDIT, null, cursor, limit), History::audit);
    }

    private static <T> Page<T> readable(Page<JournalRow> rows, Function<JournalRow, T> reader) {
        List<String> unreadable = new ArrayList<>();
        List<T> items = rows.items().stream()
                .flatMap(row -> PageReader.read(row, row.chain() + "/" + row.sequence(), reader, unreadable).stream())
                .toList();
        return new Page<>(items, unreadable, rows.nextCursor());
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

    private Page<JournalRow> read(
            JournalEntry.Kind kind, @Nullable String deviceId, @Nullable String cursor, int limit) {
        Paging.check(limit);
        List<JournalRow> rows = store.journal(new JournalQuery(kind, deviceId, position(cursor), limit));
        return new Page<>(rows, rows.size() < limit ? Optional.empty() : Optional.of(cursor(rows.get(limit - 1))));
    }

    private static String cursor(JournalRow row) {
        String text = row.entry().time().toEpochMilli() + "/" + row.sequence() + "/" + row.chain();
        return encoded(text);
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JournalQuery.@Nullable Position position(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            Matcher parts = CURSOR.matcher(text);
            // Only what cursor() writes is accepted: no malformed UTF-8, no other digits for the same number.
            if (parts.matches() && encoded(text).equals(cursor)) {
                return new JournalQuery.Position(
                        Long.parseLong(parts.group(1)), parts.group(3), Long.parseLong(parts.group(2)));
            }
        } catch (IllegalArgumentException e) {
            throw new OperationException(OperationException.Kind.INVALID, "no such cursor");
        }
        throw new OperationException(OperationException.Kind.INVALID, "no such cursor");
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
