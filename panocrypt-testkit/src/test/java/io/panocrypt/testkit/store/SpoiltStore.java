package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** The reference store, whose methods broken stores override, and helpers for mistakes. */
class SpoiltStore extends ForwardingStore {
    SpoiltStore(InstantSource clock) {
        super(new MemoryStore(clock, "node-a"));
    }

    /** A store that writes something else than it is asked to. */
    static SpoiltStore writing(InstantSource clock, UnaryOperator<StoreWrite> mistake) {
        return new SpoiltStore(clock) {
            @Override
            public WriteResult write(StoreWrite write) {
                return super.write(mistake.apply(write));
            }
        };
    }

    /** The version of a stored record; 0 if there is none. */
    final long version(String kind, String id) {
        return get(kind, id).map(PolicyRecord::version).orElse(0L);
    }

    /** Whether the write is a decision's. */
    static boolean isDecision(StoreWrite write) {
        return write.epoch() != null && has(write, JournalEntry.Kind.UNLOCK);
    }

    /** Whether the write is an operator's edit, and no truncation. */
    static boolean isEdit(StoreWrite write) {
        return write.truncation() == null && has(write, JournalEntry.Kind.AUDIT);
    }

    private static boolean has(StoreWrite write, JournalEntry.Kind kind) {
        return write.entries().stream().anyMatch(entry -> entry.kind() == kind);
    }

    /** Whether each put replaces the stored version. */
    final boolean fit(List<Change> changes) {
        return changes.stream()
                .allMatch(change -> !(change instanceof Change.Put put)
                        || version(put.record().kind(), put.record().id())
                                == put.record().version() - 1);
    }

    /** The changes, with each put replacing the stored version whatever it names. */
    final List<Change> overwriting(List<Change> changes) {
        return changes.stream()
                .map(change -> change instanceof Change.Put put ? new Change.Put(overwriting(put.record())) : change)
                .toList();
    }

    private PolicyRecord overwriting(PolicyRecord put) {
        return new PolicyRecord(
                put.kind(), put.id(), version(put.kind(), put.id()) + 1, put.body(), put.uniqueTerms(), put.terms());
    }
}
