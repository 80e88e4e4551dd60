package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Changes records in a write: checks all of them first, then changes all of them. */
final class RecordChanges {
    private final List<Expected> all;
    private final List<Expected> written;
    private final List<PolicyRecord> puts = new ArrayList<>();

    RecordChanges(List<Change> changes) {
        this.all = changes.stream().map(Expected::by).toList();
        this.written = all.stream().filter(change -> !change.isRequired).toList();
        for (Change change : changes) {
            if (change instanceof Change.Put put) {
                puts.add(put.record());
            }
        }
    }

    /** The keys that the changes get. */
    List<String> reads() {
        List<String> reads = new ArrayList<>();
        all.forEach(change -> reads.add(change.key()));
        puts.forEach(record -> record.uniqueTerms().forEach(term -> reads.add(Keys.uniqueTerm(record.kind(), term))));
        return reads;
    }

    /** The version that a change expects to be stored, 0 for no record, and what it does to it. */
    private record Expected(String kind, String id, long version, boolean isRequired, boolean isDelete) {
        static Expected by(Change change) {
            if (change instanceof Change.Put put) {
                PolicyRecord record = put.record();
                return new Expected(record.kind(), record.id(), record.version() - 1, false, false);
            }
            if (change instanceof Change.Delete delete) {
                return new Expected(delete.kind(), delete.id(), delete.version(), false, true);
            }
            if (change instanceof Change.Require require) {
                return new Expected(require.kind(), require.id(), require.version(), true, false);
            }
            throw new IllegalStateException("unknown kind of change");
        }

        String key() {
            return Keys.record(kind, id);
        }
    }

    /** The reason why the changes cannot be made, if any; changes nothing. */
    Optional<WriteResult> obstacle(EntryTransaction write) {
        return stale(write).or(() -> taken(write));
    }

    private Optional<WriteResult> stale(EntryTransaction write) {
        Set<String> seen = new HashSet<>();
        for (Expected change : all) {
            boolean again = !change.isRequired && !seen.add(change.key());
            if (again || version(write, change.kind, change.id) != change.version) {
                return Optional.of(new WriteResult.Stale(change.kind, change.id));
            }
        }
        return Optional.empty();
    }

    private static long version(EntryTransaction write, String kind, String id) {
        return Records.in(write, kind, id).map(PolicyRecord::version).orElse(0L);
    }

    /** Checks the unique terms against the state after the edit: an edit may take a term that it also frees. */
    private Optional<WriteResult> taken(EntryTransaction write) {
        Set<String> rewritten = new HashSet<>();
        written.forEach(change -> rewritten.add(change.key()));
        Set<String> claimed = new HashSet<>();
        for (PolicyRecord record : puts) {
            Set<String> held = uniqueTerms(Records.in(write, record.kind(), record.id()));
            for (String term : record.uniqueTerms().stream().sorted().toList()) {
                String key = Keys.uniqueTerm(record.kind(), term);
                boolean isHeldByAnother = !held.contains(term)
                        && write.get(key)
                                .filter(holder -> !rewritten.contains(Keys.record(record.kind(), holder)))
                                .isPresent();
                if (isHeldByAnother || !claimed.add(key)) {
                    return Optional.of(new WriteResult.Taken(record.kind(), term));
                }
            }
        }
        return Optional.empty();
    }

    /** Frees all old terms before it claims new ones, since a unique term may move within the edit. */
    void make(EntryTransaction write) {
        for (Expected change : written) {
            Optional<PolicyRecord> old = Records.in(write, change.kind, change.id);
            Optional<PolicyRecord> next = puts.stream()
                    .filter(record ->
                            record.kind().equals(change.kind) && record.id().equals(change.id))
                    .findFirst();
            if (change.kind.equals(PolicyRecord.DEVICE) && !terms(old).equals(terms(next))) {
                Grants.settle(write, change.id);
            }
            without(uniqueTerms(old), uniqueTerms(next)).forEach(term -> free(write, change.kind, term));
            without(terms(old), terms(next)).forEach(term -> write.remove(Keys.term(change.kind, term, change.id)));
        }
        for (PolicyRecord record : puts) {
            put(write, record);
        }
        for (Expected change : written) {
            if (change.isDelete) {
                write.remove(change.key());
            }
        }
    }

    /** Writes a record as it is, whatever is stored under its kind and id. */
    static void restore(EntryTransaction write, PolicyRecord record) {
        Optional<PolicyRecord> old = Records.in(write, record.kind(), record.id());
        without(uniqueTerms(old), record.uniqueTerms()).forEach(term -> free(write, record.kind(), term));
        without(terms(old), record.terms()).forEach(term -> write.remove(Keys.term(record.kind(), term, record.id())));
        put(write, record);
    }

    private static void put(EntryTransaction write, PolicyRecord record) {
        String kind = record.kind();
        String id = record.id();
        Optional<PolicyRecord> old = Records.in(write, kind, id);
        without(record.uniqueTerms(), uniqueTerms(old)).forEach(term -> {
            write.putText(Keys.uniqueTerm(kind, term), id);
            Keys.listedTerm(kind, term).ifPresent(key -> write.putText(key, id));
        });
        // A snapshot compares the versions of a device's requests with what a scan of the term has shown.
        Set<String> listed = kind.equals(PolicyRecord.REQUEST) ? Set.of() : terms(old);
        without(record.terms(), listed)
                .forEach(term -> write.putText(Keys.term(kind, term, id), Long.toString(record.version())));
        Records.put(write, record);
    }

    private static void free(EntryTransaction write, String kind, String uniqueTerm) {
        write.remove(Keys.uniqueTerm(kind, uniqueTerm));
        Keys.listedTerm(kind, uniqueTerm).ifPresent(write::remove);
    }

    private static Set<String> uniqueTerms(Optional<PolicyRecord> record) {
        return record.map(PolicyRecord::uniqueTerms).orElse(Set.of());
    }

    private static Set<String> terms(Optional<PolicyRecord> record) {
        return record.map(PolicyRecord::terms).orElse(Set.of());
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        Set<String> rest = new HashSet<>(some);
        rest.removeAll(others);
        return rest;
    }
}
