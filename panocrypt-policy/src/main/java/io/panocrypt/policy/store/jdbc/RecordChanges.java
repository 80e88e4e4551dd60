package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.WriteResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Changes records inside a transaction: checks all of them first, then writes all of them. */
final class RecordChanges {
    /** The version of a record that is not stored. */
    private static final long ABSENT = 0;

    private record Key(String kind, String text) {}

    private final List<Change> changes;
    private final List<PolicyRecord> puts = new ArrayList<>();
    private final List<Change.Delete> deletes = new ArrayList<>();

    /** The versions that this transaction has read. */
    private final Map<Key, Long> versions = new HashMap<>();

    RecordChanges(List<Change> changes) {
        this.changes = changes;
        for (Change change : changes) {
            if (change instanceof Change.Put put) {
                puts.add(put.record());
            } else if (change instanceof Change.Delete delete) {
                deletes.add(delete);
            }
        }
    }

    /**
     * Whether the journal has the entry. The first call also reads the first change's version, because a decision needs both
     * and nothing more.
     */
    boolean hasEntry(WriteTransaction transaction, String id) throws SQLException {
        if (changes.isEmpty() || !versions.isEmpty()) {
            return transaction.hasEntry(id);
        }
        Key first = Expected.by(changes.get(0)).key();
        return transaction.read(
                Sql.ENTRIES_AND_VERSION,
                rows -> {
                    if (!rows.next()) {
                        throw new SQLException("no answer");
                    }
                    versions.put(first, rows.getLong(2));
                    return rows.getLong(1) > 0;
                },
                id,
                first.kind,
                first.text);
    }

    /** The reason why the changes cannot be made, if any; writes nothing. */
    Optional<WriteResult> obstacle(WriteTransaction transaction) throws SQLException {
        Optional<WriteResult> stale = stale(transaction);
        return stale.isPresent() ? stale : taken(transaction);
    }

    private Optional<WriteResult> stale(WriteTransaction transaction) throws SQLException {
        Set<Key> written = new HashSet<>();
        for (Change change : changes) {
            Expected expected = Expected.by(change);
            boolean again = !(change instanceof Change.Require) && !written.add(expected.key());
            if (again || version(transaction, expected.key()) != expected.version) {
                return Optional.of(new WriteResult.Stale(expected.kind, expected.id));
            }
        }
        return Optional.empty();
    }

    /** The version that a change expects to be stored. */
    private record Expected(String kind, String id, long version) {
        static Expected by(Change change) {
            if (change instanceof Change.Put put) {
                return new Expected(
                        put.record().kind(), put.record().id(), put.record().version() - 1);
            }
            if (change instanceof Change.Delete delete) {
                return new Expected(delete.kind(), delete.id(), delete.version());
            }
            if (change instanceof Change.Require require) {
                return new Expected(require.kind(), require.id(), require.version());
            }
            throw new IllegalStateException("unknown kind of change");
        }

        Key key() {
            return new Key(kind, id);
        }
    }

    private long version(WriteTransaction transaction, Key key) throws SQLException {
        Long known = versions.get(key);
        if (known == null) {
            known = transaction.number(Sql.VERSION, key.kind, key.text).orElse(ABSENT);
            versions.put(key, known);
        }
        return known;
    }

    /** Checks the unique terms against the state after the edit: an edit may take a term that it also frees. */
    private Optional<WriteResult> taken(WriteTransaction transaction) throws SQLException {
        Set<Key> rewritten = new HashSet<>();
        puts.forEach(record -> rewritten.add(new Key(record.kind(), record.id())));
        deletes.forEach(delete -> rewritten.add(new Key(delete.kind(), delete.id())));
        Set<Key> claimed = new HashSet<>();
        for (PolicyRecord record : puts) {
            for (String term : record.uniqueTerms().stream().sorted().toList()) {
                Optional<String> holder = transaction.text(Sql.HOLDER, record.kind(), term);
                boolean kept = holder.isPresent() && !rewritten.contains(new Key(record.kind(), holder.get()));
                if (kept || !claimed.add(new Key(record.kind(), term))) {
                    return Optional.of(new WriteResult.Taken(record.kind(), term));
                }
            }
        }
        return Optional.empty();
    }

    /** Removes all old terms before it adds new ones, since a unique term may move within the edit. */
    void write(WriteTransaction transaction) throws SQLException {
        for (PolicyRecord record : puts) {
            removeTerms(transaction, record.kind(), record.id());
        }
        for (Change.Delete delete : deletes) {
            removeTerms(transaction, delete.kind(), delete.id());
            transaction.updateOne(Sql.DELETE_RECORD, delete.kind(), delete.id(), delete.version());
            transaction.noteErasure();
        }
        for (PolicyRecord record : puts) {
            long before = record.version() - 1;
            if (before == ABSENT) {
                transaction.updateOne(Sql.INSERT_RECORD, record.body(), record.version(), record.kind(), record.id());
            } else {
                transaction.updateOne(
                        Sql.UPDATE_RECORD, record.body(), record.version(), record.kind(), record.id(), before);
                if (!record.kind().equals(PolicyRecord.REQUEST)) {
                    // A request holds no key, and machines change it constantly.
                    transaction.noteErasure();
                }
            }
            addTerms(transaction, record);
        }
    }

    /** Writes a record as it is, whatever is stored under its kind and id. */
    static void restore(WriteTransaction transaction, PolicyRecord record) throws SQLException {
        removeTerms(transaction, record.kind(), record.id());
        transaction.update(Sql.DROP_RECORD, record.kind(), record.id());
        transaction.updateOne(Sql.INSERT_RECORD, record.body(), record.version(), record.kind(), record.id());
        addTerms(transaction, record);
    }

    private static void removeTerms(WriteTransaction transaction, String kind, String id) throws SQLException {
        transaction.update(Sql.DELETE_UNIQUE_TERMS, kind, id);
        transaction.update(Sql.DELETE_TERMS, kind, id);
    }

    private static void addTerms(WriteTransaction transaction, PolicyRecord record) throws SQLException {
        for (String term : record.uniqueTerms()) {
            transaction.updateOne(Sql.INSERT_UNIQUE_TERM, record.kind(), record.id(), term);
        }
        for (String term : record.terms()) {
            transaction.updateOne(Sql.INSERT_TERM, record.kind(), record.id(), term);
        }
    }
}
