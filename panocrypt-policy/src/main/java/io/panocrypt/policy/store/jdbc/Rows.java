package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Converts the rows of {@link Sql} into values of the SPI. */
final class Rows {
    private Rows() {}

    /** The combined rows of {@code Sql.PARTS}; the records in the order of the rows. */
    record Parts(List<PolicyRecord> records, long epoch, Instant now, List<Grant> grants) {}

    static Parts parts(ResultSet rows) throws SQLException {
        Map<List<String>, Draft> drafts = new LinkedHashMap<>();
        List<Grant> grants = new ArrayList<>();
        long epoch = 0;
        long now = 0;
        while (rows.next()) {
            int part = rows.getInt(1);
            if (part == 3) {
                grants.add(grant(rows));
                continue;
            }
            Draft draft = drafts.computeIfAbsent(List.of(rows.getString(9), rows.getString(2)), key -> new Draft());
            String content = rows.getString(7);
            if (part == 0) {
                draft.version = rows.getLong(3);
                draft.body = content;
                epoch = rows.getLong(4);
                now = rows.getLong(5);
            } else {
                (part == 1 ? draft.uniqueTerms : draft.terms).add(content);
            }
        }
        List<PolicyRecord> records = new ArrayList<>();
        drafts.forEach((key, draft) -> records.add(draft.record(key.get(0), key.get(1))));
        return new Parts(records, epoch, Instant.ofEpochMilli(now), grants);
    }

    private static final class Draft {
        private long version;
        private @Nullable String body;
        private final Set<String> uniqueTerms = new HashSet<>();
        private final Set<String> terms = new HashSet<>();

        private PolicyRecord record(String kind, String id) {
            if (body == null) {
                throw new IllegalStateException("terms without their record: " + kind + " " + id);
            }
            return new PolicyRecord(kind, id, version, body, uniqueTerms, terms);
        }
    }

    private static Grant grant(ResultSet row) throws SQLException {
        return new Grant(
                row.getString(8),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                Instant.ofEpochMilli(row.getLong(5)),
                Instant.ofEpochMilli(row.getLong(6)),
                row.getString(7));
    }

    static List<JournalRow> journal(ResultSet rows) throws SQLException {
        List<JournalRow> journal = new ArrayList<>();
        while (rows.next()) {
            JournalEntry entry = new JournalEntry(
                    rows.getString(3),
                    JournalEntry.Kind.of(rows.getString(4)),
                    Instant.ofEpochMilli(rows.getLong(5)),
                    rows.getString(6),
                    rows.getString(7));
            journal.add(new JournalRow(rows.getString(1), rows.getLong(2), entry, rows.getString(8)));
        }
        return journal;
    }

    static List<ChainHead> heads(ResultSet rows) throws SQLException {
        List<ChainHead> heads = new ArrayList<>();
        while (rows.next()) {
            heads.add(new ChainHead(rows.getString(1), rows.getLong(2), rows.getString(3)));
        }
        return heads;
    }
}
