package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds an edit. */
final class EditDraft {
    private final JournalEntry audit;
    private final List<Change> changes = new ArrayList<>();
    private final List<GrantScope> cancels = new ArrayList<>();
    private final List<Grant> grants = new ArrayList<>();
    private final List<OutboxEntry> outbox = new ArrayList<>();
    private @Nullable Long epoch;
    private boolean bumpsEpoch;

    EditDraft(JournalEntry audit) {
        this.audit = audit;
    }

    EditDraft put(PolicyRecord... records) {
        for (PolicyRecord record : records) {
            changes.add(new Change.Put(record));
        }
        return this;
    }

    EditDraft delete(String kind, String id, long version) {
        changes.add(new Change.Delete(kind, id, version));
        return this;
    }

    EditDraft require(String kind, String id, long version) {
        changes.add(new Change.Require(kind, id, version));
        return this;
    }

    EditDraft cancel(GrantScope scope) {
        cancels.add(scope);
        return this;
    }

    EditDraft grant(Grant... opened) {
        grants.addAll(List.of(opened));
        return this;
    }

    EditDraft enqueue(OutboxEntry... entries) {
        outbox.addAll(List.of(entries));
        return this;
    }

    EditDraft judgedBy(long seen) {
        epoch = seen;
        return this;
    }

    EditDraft bumpEpoch() {
        bumpsEpoch = true;
        return this;
    }

    PolicyEdit build() {
        return new PolicyEdit(audit, changes, epoch, bumpsEpoch, cancels, grants, outbox);
    }
}
