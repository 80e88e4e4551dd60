package io.panocrypt.policy.proof;

import io.panocrypt.policy.ActStore;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Spend;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.util.List;

/** Services that are each broken in one way, by a store that does less than was asked. */
enum ServiceMutant {
    SPENDS_NOTHING {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ActStore(store) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    return super.commit(with(commit, List.of(), commit.changes()));
                }
            };
        }
    },

    FORGETS_WHO_WAITS {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ActStore(store) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    return super.commit(with(
                            commit,
                            commit.spends(),
                            commit.changes().stream()
                                    .filter(Change.Require.class::isInstance)
                                    .toList()));
                }
            };
        }
    },

    CANCELS_NOTHING {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ActStore(store) {
                @Override
                protected WriteResult edit(StoreWrite edit) {
                    return super.edit(StoreWrite.of(edit.entries())
                            .inEpoch(edit.epoch())
                            .growEpoch(edit.growsEpoch())
                            .change(edit.changes())
                            .grant(edit.grants())
                            .build());
                }
            };
        }
    },

    DECIDES_BY_FORMER_POLICY {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ActStore(store) {
                @Override
                protected WriteResult edit(StoreWrite edit) {
                    return super.edit(StoreWrite.of(edit.entries())
                            .change(edit.changes())
                            .cancel(edit.cancels())
                            .grant(edit.grants())
                            .build());
                }
            };
        }
    };

    abstract ForwardingStore around(MemoryStore store);

    private static StoreWrite with(StoreWrite commit, List<Spend> spends, List<Change> changes) {
        return new StoreWrite(
                commit.entries(),
                commit.epoch(),
                commit.growsEpoch(),
                changes,
                spends,
                commit.cancels(),
                commit.grants(),
                commit.outbox(),
                commit.truncation());
    }
}
