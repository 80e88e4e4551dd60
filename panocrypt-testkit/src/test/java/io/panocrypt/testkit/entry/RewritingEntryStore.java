package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps entries under other keys, or with other values, than it was given. */
abstract class RewritingEntryStore extends ForwardingEntryStore {
    RewritingEntryStore(EntryStore right) {
        super(right);
    }

    /** The key to use. */
    String key(String given) {
        return given;
    }

    /** The value to keep. */
    String value(String given) {
        return given;
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> keys) {
        Map<String, StoreEntry> kept = super.read(keys.stream().map(this::key).toList());
        Map<String, StoreEntry> found = new HashMap<>();
        for (String key : keys) {
            StoreEntry entry = kept.get(key(key));
            if (entry != null) {
                found.put(key, new StoreEntry(key, entry.value(), entry.version()));
            }
        }
        return found;
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        List<EntryCondition> looked = conditions.stream()
                .<EntryCondition>map(condition -> condition instanceof EntryCondition.HasVersion wanted
                        ? new EntryCondition.HasVersion(key(wanted.key()), wanted.version())
                        : new EntryCondition.Absent(key(condition.key())))
                .toList();
        List<EntryMutation> made = mutations.stream()
                .<EntryMutation>map(mutation -> mutation instanceof EntryMutation.Put put
                        ? new EntryMutation.Put(key(put.key()), value(put.value()))
                        : new EntryMutation.Remove(key(mutation.key())))
                .toList();
        return super.write(looked, made);
    }
}
