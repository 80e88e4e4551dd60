package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryCondition.HasVersion;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Gives entries versions of its own. All nodes of one engine share the object that counts. */
final class VersioningEntryStore extends ForwardingEntryStore {
    private final Versions versions;

    /** A way to number versions; calls do not overlap. */
    interface Versions {
        /** The version of an entry as the engine has it. */
        String of(StoreEntry entry);

        /** A write has happened. */
        default void wrote(Collection<EntryMutation> mutations) {
            // Not all count.
        }
    }

    /** The number of all writes, by whatever key. */
    static final class OfTheWholeStore implements Versions {
        private long writes;

        @Override
        public String of(StoreEntry entry) {
            return Long.toString(writes);
        }

        @Override
        public void wrote(Collection<EntryMutation> mutations) {
            writes += mutations.isEmpty() ? 0 : 1;
        }
    }

    /** The number of a key's writes since it was created. */
    static final class SinceTheCreation implements Versions {
        private final Map<String, Long> writes = new ConcurrentHashMap<>();

        @Override
        public String of(StoreEntry entry) {
            return String.valueOf(writes.get(entry.key()));
        }

        @Override
        public void wrote(Collection<EntryMutation> mutations) {
            for (EntryMutation mutation : mutations) {
                if (mutation instanceof EntryMutation.Put) {
                    writes.merge(mutation.key(), 1L, Long::sum);
                } else {
                    writes.remove(mutation.key());
                }
            }
        }
    }

    /** The number of the write, of which a restart keeps only what entries show. */
    static final class AboveTheRest implements Versions {
        private final Map<String, Long> versions = new ConcurrentHashMap<>();
        private long writes;

        void restart() {
            writes = versions.values().stream().mapToLong(Long::longValue).max().orElse(0);
        }

        @Override
        public String of(StoreEntry entry) {
            return String.valueOf(versions.get(entry.key()));
        }

        @Override
        public void wrote(Collection<EntryMutation> mutations) {
            writes++;
            for (EntryMutation mutation : mutations) {
                if (mutation instanceof EntryMutation.Put) {
                    versions.put(mutation.key(), writes);
                } else {
                    versions.remove(mutation.key());
                }
            }
        }
    }

    VersioningEntryStore(EntryStore right, Versions versions) {
        super(right);
        this.versions = versions;
    }

    private StoreEntry numbered(StoreEntry entry) {
        return new StoreEntry(entry.key(), entry.value(), versions.of(entry));
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> keys) {
        synchronized (versions) {
            Map<String, StoreEntry> found = new HashMap<>(super.read(keys));
            found.replaceAll((key, entry) -> numbered(entry));
            return found;
        }
    }

    @Override
    public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        synchronized (versions) {
            return super.scan(from, to, limit, order).stream()
                    .map(this::numbered)
                    .toList();
        }
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        synchronized (versions) {
            List<EntryCondition> others = new ArrayList<>(conditions);
            for (EntryCondition condition : conditions) {
                if (condition instanceof HasVersion wanted) {
                    StoreEntry entry = read(List.of(wanted.key())).get(wanted.key());
                    if (entry == null || !entry.version().equals(wanted.version())) {
                        return false;
                    }
                    others.remove(condition);
                }
            }
            boolean written = super.write(others, mutations);
            if (written) {
                versions.wrote(mutations);
            }
            return written;
        }
    }
}
