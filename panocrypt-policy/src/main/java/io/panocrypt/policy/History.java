package io.panocrypt.policy;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.decision.Decision;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AuditRecord;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.IpAddress;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockRecord;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalQuery;
import io.panocrypt.policy.spi.JournalRow;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What happened: attempts to unlock, and what operators changed. Thread-safe; throws as {@link Devices} does. */
public final class History {
    /** An S512 thumbprint: 64 bytes in base64url. */
    private static final int LONGEST_KID = 86;

    private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18})/(\\d{1,18})/(.+)");

    private final DecisionStore store;
    private final Checkpoints checkpoints;
    private final Retention retention;
    private final ExportWriter exporter;

    History(DecisionStore store, Checkpoints checkpoints, Retention retention, ExportWriter exporter) {
        this.store = store;
        this.checkpoints = checkpoints;
        this.retention = retention;
        this.exporter = exporter;
    }

    /**
     * Attempts, newest first.
     *
     * @param deviceId only this device's; null for all
     * @param cursor where to go on; null from the newest
     * @param limit at most so many, 1 to 1,000
     */
    public Page<UnlockRecord> unlocks(@Nullable String deviceId, @Nullable String cursor, int limit) {
        return read(JournalEntry.Kind.UNLOCK, deviceId, cursor, limit).map(History::unlock);
    }

    /** What operators changed, newest first; parameters as of {@link #unlocks}. */
    public Page<AuditRecord> audit(@Nullable String cursor, int limit) {
        return read(JournalEntry.Kind.AUDIT, null, cursor, limit).map(History::audit);
    }

    /** Recomputes every chain and compares it with every checkpoint. */
    public Verification verify() {
        return checkpoints.verify();
    }

    /** Signs the heads of all chains and appends them, unless nothing has happened since the last time. */
    public void checkpoint() {
        checkpoints.take();
    }

    /** The key that signs checkpoints, cuts and exports; its {@linkplain PublicJwk#kid kid} names it. */
    public PublicJwk checkpointKey() {
        return checkpoints.key();
    }

    /**
     * Writes the whole journal, attempts, audit and checkpoints of all nodes, as {@link HistoryExport} reads it: ASCII text,
     * a line for each row behind a line that the site has signed. Needs the memory of a thousand rows.
     *
     * @param out is flushed, and stays the caller's
     * @throws IOException if it cannot be written to
     * @throws io.panocrypt.policy.spi.StoreException if the store fails, or {@linkplain #cutBefore rows were removed} at
     *     the same time: what has been written until then is of no use
     */
    public void export(OutputStream out) throws IOException {
        exporter.write(out);
    }

    /**
     * Removes from the beginning of every chain what is older than that: attempts and audit alike, since they share the
     * chains. A cut that the site has signed replaces them; what no checkpoint has signed yet stays, and so does the last
     * row of each chain. Reads the whole journal first.
     *
     * @param time at least a day ago
     * @return how many rows were removed
     * @throws OperationException if the time is later than that, or the journal is not intact; nothing is removed
     */
    public long cutBefore(Actor actor, Instant time) {
        return retention.cutBefore(actor, time);
    }

    private Page<JournalRow> read(
            JournalEntry.Kind kind, @Nullable String deviceId, @Nullable String cursor, int limit) {
        Pages.check(limit);
        List<JournalRow> rows = store.journal(new JournalQuery(kind, deviceId, position(cursor), limit));
        return new Page<>(rows, rows.size() < limit ? Optional.empty() : Optional.of(cursor(rows.get(limit - 1))));
    }

    private static String cursor(JournalRow row) {
        String text = row.entry().time().toEpochMilli() + "/" + row.sequence() + "/" + row.chain();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JournalQuery.@Nullable Position position(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            Matcher parts = CURSOR.matcher(text);
            if (parts.matches()) {
                return new JournalQuery.Position(
                        Long.parseLong(parts.group(1)), parts.group(3), Long.parseLong(parts.group(2)));
            }
        } catch (IllegalArgumentException e) {
            throw new OperationException(OperationException.Kind.INVALID, "no such cursor");
        }
        throw new OperationException(OperationException.Kind.INVALID, "no such cursor");
    }

    /** What is stored of an attempt beside its time and device. */
    record UnlockBody(
            Optional<IpAddress> source,
            String kid,
            Outcome outcome,
            Reason reason,
            int count,
            Map<Gate, GateResult> gates,
            Optional<String> spent,
            String note) {

        static UnlockBody of(UnlockAttempt attempt, Decision decision) {
            return new UnlockBody(
                    attempt.source(),
                    kept(attempt.kid()),
                    decision.outcome(),
                    decision.reason(),
                    1,
                    decision.gates(),
                    spent(decision),
                    "");
        }

        /** What an answer costs, as the history tells it. */
        static Optional<String> spent(Decision decision) {
            return Stream.concat(
                            decision.spends().map(Allowance::id).stream(),
                            decision
                                    .collects()
                                    .map(collection -> collection.request().id())
                                    .stream())
                    .reduce((allowance, request) -> allowance + "," + request);
        }

        /** An attempt whose answer did not leave although it was decided. */
        static UnlockBody lost(UnlockAttempt attempt, Optional<String> spent, String note) {
            return new UnlockBody(
                    attempt.source(),
                    kept(attempt.kid()),
                    Outcome.DENIED,
                    Reason.STORE_UNAVAILABLE,
                    1,
                    Map.of(),
                    spent,
                    note);
        }
    }

    /** The caller chooses the kid; what is longer than any thumbprint must not fill the store. */
    private static String kept(String kid) {
        return kid.length() <= LONGEST_KID ? kid : kid.substring(0, LONGEST_KID);
    }

    private static UnlockRecord unlock(JournalRow row) {
        UnlockBody body = Json.read(row.entry().body(), UnlockBody.class);
        return new UnlockRecord(
                row.entry().time(),
                String.valueOf(row.entry().deviceId()),
                body.source(),
                body.kid(),
                body.outcome(),
                body.reason(),
                body.count(),
                body.gates(),
                body.spent(),
                body.note(),
                row.chain(),
                row.hash());
    }

    private static AuditRecord audit(JournalRow row) {
        Editor.AuditBody body = Json.read(row.entry().body(), Editor.AuditBody.class);
        return new AuditRecord(
                row.entry().time(),
                body.actor(),
                body.action(),
                body.kind(),
                body.objectId(),
                Json.write(body.before()),
                Json.write(body.after()),
                row.chain(),
                row.hash());
    }
}
