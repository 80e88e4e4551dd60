package io.panocrypt.policy.proof;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.util.List;

/** Services that are each broken in one way, by a store that does less than was asked. */
enum ServiceMutant {
    SPENDS_NOTHING {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ForwardingStore(store) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    return super.commit(with(commit, List.of(), commit.changes()));
                }
            };
        }
    },

    FORGETS_WHO_WAITS {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ForwardingStore(store) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    return super.commit(with(commit, commit.spends(), List.of()));
                }
            };
        }
    },

    CANCELS_NOTHING {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ForwardingStore(store) {
                @Override
                public EditResult apply(PolicyEdit edit) {
                    return super.apply(new PolicyEdit(
                            edit.audit(),
                            edit.changes(),
                            edit.epoch(),
                            edit.bumpsEpoch(),
                            List.of(),
                            edit.grants(),
                            List.of()));
                }
            };
        }
    },

    DECIDES_BY_FORMER_POLICY {
        @Override
        ForwardingStore around(MemoryStore store) {
            return new ForwardingStore(store) {
                @Override
                public EditResult apply(PolicyEdit edit) {
                    return super.apply(new PolicyEdit(
                            edit.audit(), edit.changes(), null, false, edit.cancels(), edit.grants(), List.of()));
                }
            };
        }
    };

    abstract ForwardingStore around(MemoryStore store);

    private static DecisionCommit with(DecisionCommit commit, List<String> spends, List<PolicyEdit.Change> changes) {
        return new DecisionCommit(
                commit.entry(),
                commit.deviceId(),
                commit.deviceVersion(),
                commit.epoch(),
                spends,
                changes,
                commit.outbox());
    }
}
