package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.InstantSource;
import java.util.List;

/** The reference store, whose methods broken stores override, and helpers for mistakes. */
class SpoiltStore extends ForwardingStore {
    SpoiltStore(InstantSource clock) {
        super(new MemoryStore(clock, "node-a"));
    }

    /** The version of a stored record; 0 if there is none. */
    final long version(String kind, String id) {
        return get(kind, id).map(PolicyRecord::version).orElse(0L);
    }

    /** Whether each change is a put that replaces the stored version. */
    final boolean fit(List<? extends PolicyEdit.Change> changes) {
        return changes.stream()
                .allMatch(change -> change instanceof PolicyEdit.Change.Put put
                        && version(put.record().kind(), put.record().id())
                                == put.record().version() - 1);
    }

    /** The changes, with each put replacing the stored version whatever it names. */
    final List<PolicyEdit.Change> overwriting(List<PolicyEdit.Change> changes) {
        return changes.stream()
                .map(change -> change instanceof PolicyEdit.Change.Put put
                        ? new PolicyEdit.Change.Put(overwriting(put.record()))
                        : change)
                .toList();
    }

    private PolicyRecord overwriting(PolicyRecord put) {
        return new PolicyRecord(
                put.kind(), put.id(), version(put.kind(), put.id()) + 1, put.body(), put.uniqueTerms(), put.terms());
    }
}
