package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One write in the making. It is made only if everything that was {@linkplain #get got} for it is still the same then. Not
 * thread-safe.
 */
final class EntryTransaction {
    private final Entries entries;
    private final Map<String, Optional<StoreEntry>> loaded = new HashMap<>();
    private Set<String> got = new HashSet<>();
    private Map<String, Optional<String>> changes = new LinkedHashMap<>();
    private @Nullable Instant now;

    EntryTransaction(Entries entries) {
        this.entries = entries;
    }

    /** What can be undone: everything after the mark. */
    record Mark(Set<String> got, Map<String, Optional<String>> changes) {}

    Mark mark() {
        return new Mark(new HashSet<>(got), new LinkedHashMap<>(changes));
    }

    void undo(Mark mark) {
        got = mark.got();
        changes = mark.changes();
    }

    /** Reads entries ahead, so that getting them takes no call. */
    void load(Collection<String> keys) {
        Set<String> missing = new HashSet<>(keys);
        missing.removeAll(loaded.keySet());
        Map<String, StoreEntry> found = entries.read(missing);
        missing.forEach(key -> loaded.put(key, Optional.ofNullable(found.get(key))));
    }

    /** The value as this write has left it so far. */
    Optional<String> get(String key) {
        Optional<String> changed = changes.get(key);
        if (changed != null) {
            return changed;
        }
        got.add(key);
        return stored(key).map(StoreEntry::value);
    }

    <T> Optional<T> get(String key, Class<T> type) {
        return get(key).map(value -> Values.read(value, type));
    }

    private Optional<StoreEntry> stored(String key) {
        if (!loaded.containsKey(key)) {
            load(List.of(key));
        }
        return loaded.getOrDefault(key, Optional.empty());
    }

    void put(String key, Object value) {
        changes.put(key, Optional.of(Values.write(value)));
    }

    /** Puts a value that is a key, an id or a number. */
    void putText(String key, String text) {
        changes.put(key, Optional.of(text));
    }

    void remove(String key) {
        changes.put(key, Optional.empty());
    }

    /** The store's time, the same for the whole write. */
    Instant now() {
        Instant known = now;
        if (known == null) {
            known = entries.now();
            now = known;
        }
        return known;
    }

    /** How many keys are changed. */
    int changed() {
        return changes.size();
    }

    /** How many keys the write names. */
    int keys() {
        Set<String> all = new HashSet<>(got);
        all.addAll(changes.keySet());
        return all.size();
    }

    /** False if something has changed meanwhile; nothing is written then. */
    boolean write() {
        List<EntryCondition> conditions = new ArrayList<>();
        for (String key : got) {
            conditions.add(stored(key)
                    .<EntryCondition>map(entry -> new EntryCondition.HasVersion(key, entry.version()))
                    .orElse(new EntryCondition.Absent(key)));
        }
        List<EntryMutation> mutations = new ArrayList<>();
        changes.forEach((key, value) -> mutations.add(value.<EntryMutation>map(text -> new EntryMutation.Put(key, text))
                .orElse(new EntryMutation.Remove(key))));
        return entries.write(conditions, mutations);
    }
}
