package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.internal.records.ParseCache;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads records. Thread-safe. */
final class Records {
    private static final int MAX_READS = 100;
    /** Each unlock reads one. Other records may be large. */
    private static final String DEVICES = Keys.records(PolicyRecord.DEVICE);

    private static final ParseCache<PolicyRecord> PARSED = new ParseCache<>();

    private final Entries entries;

    Records(Entries entries) {
        this.entries = entries;
    }

    Optional<PolicyRecord> get(String kind, String id) {
        String key = Keys.record(kind, id);
        return Optional.ofNullable(entries.read(List.of(key)).get(key)).map(Records::record);
    }

    static Optional<PolicyRecord> in(EntryTransaction write, String kind, String id) {
        String key = Keys.record(kind, id);
        return write.get(key).map(text -> record(key, text));
    }

    static void put(EntryTransaction write, PolicyRecord record) {
        write.putText(Keys.record(record.kind(), record.id()), Values.write(StoredRecord.of(record), record.body()));
    }

    static PolicyRecord record(StoreEntry entry) {
        return record(entry.key(), entry.value());
    }

    private static PolicyRecord record(String key, String text) {
        return key.startsWith(DEVICES) ? PARSED.of(key, text, Records::parse) : parse(text);
    }

    private static PolicyRecord parse(String text) {
        return Values.read(text, StoredRecord.class, StoredRecord::with);
    }

    /** A stored record, without its body. */
    record StoredRecord(String kind, String id, long version, Set<String> uniqueTerms, Set<String> terms) {
        static StoredRecord of(PolicyRecord record) {
            return new StoredRecord(record.kind(), record.id(), record.version(), record.uniqueTerms(), record.terms());
        }

        PolicyRecord with(String body) {
            return new PolicyRecord(kind, id, version, body, uniqueTerms, terms);
        }
    }

    /** The id of the record with that unique term. */
    Optional<String> holder(String kind, String uniqueTerm) {
        String key = Keys.uniqueTerm(kind, uniqueTerm);
        return Optional.ofNullable(entries.read(List.of(key)).get(key)).map(StoreEntry::value);
    }

    Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        for (int i = 0; i < MAX_READS; i++) {
            Optional<String> id = holder(kind, uniqueTerm);
            if (id.isEmpty()) {
                return Optional.empty();
            }
            Optional<PolicyRecord> found =
                    get(kind, id.get()).filter(record -> record.uniqueTerms().contains(uniqueTerm));
            if (found.isPresent()) {
                return found;
            }
            // The term has moved on since.
        }
        throw Entries.changedAllTheTime();
    }

    List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        int most = Entries.page(limit);
        if (term == null) {
            String from = after == null ? Keys.records(kind) : Keys.after(Keys.record(kind, after));
            return entries.scan(from, Keys.end(Keys.records(kind)), most).stream()
                    .map(Records::record)
                    .toList();
        }
        String from = after == null ? Keys.terms(kind, term) : Keys.after(Keys.term(kind, term, after));
        List<PolicyRecord> found = new ArrayList<>();
        while (found.size() < most) {
            List<StoreEntry> terms = entries.scan(from, Keys.end(Keys.terms(kind, term)), most - found.size());
            if (terms.isEmpty()) {
                break;
            }
            // A record may have lost the term since.
            of(kind, terms).stream()
                    .filter(record -> record.terms().contains(term))
                    .forEach(found::add);
            from = Keys.after(terms.get(terms.size() - 1).key());
        }
        return found;
    }

    List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
        int most = Entries.page(limit);
        String first = Keys.listedTerms(kind, prefix);
        String next = after == null
                ? first
                : Keys.listedTerm(kind, after)
                        .map(Keys::after)
                        .orElseThrow(() -> new StoreInputException("no such name is listed"));
        String from = next.compareTo(first) < 0 ? first : next;
        List<PolicyRecord> found = new ArrayList<>();
        while (found.size() < most) {
            List<StoreEntry> listed = entries.scan(from, Keys.endOfPrefix(first), most - found.size());
            if (listed.isEmpty()) {
                break;
            }
            Map<String, StoreEntry> records = entries.read(listed.stream()
                    .map(entry -> Keys.record(kind, entry.value()))
                    .distinct()
                    .toList());
            for (StoreEntry entry : listed) {
                // The record may have lost the term since.
                Optional.ofNullable(records.get(Keys.record(kind, entry.value())))
                        .map(Records::record)
                        .filter(record -> isListed(record, entry.key()))
                        .ifPresent(found::add);
            }
            from = Keys.after(listed.get(listed.size() - 1).key());
        }
        return found;
    }

    private static boolean isListed(PolicyRecord record, String key) {
        return record.uniqueTerms().stream()
                .anyMatch(term -> Keys.listedTerm(record.kind(), term).equals(Optional.of(key)));
    }

    /** The records of terms that a scan has found, in the same order. */
    private List<PolicyRecord> of(String kind, List<StoreEntry> terms) {
        List<String> keys = terms.stream().map(term -> keyOf(kind, term)).toList();
        Map<String, StoreEntry> found = entries.read(keys);
        return keys.stream()
                .flatMap(key -> Optional.ofNullable(found.get(key)).stream())
                .map(Records::record)
                .toList();
    }

    /** The key of the record whose term a scan has found: both end with the same id. */
    static String keyOf(String kind, StoreEntry term) {
        return Keys.records(kind) + term.key().substring(term.key().lastIndexOf('!') + 1);
    }
}
