package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a {@link StoreWrite} by one write of entries: checks everything before it changes anything. */
final class WriteAct {
    private final Journal journal;
    private final StoreWrite wanted;
    private final RecordChanges changes;

    private WriteAct(Journal journal, StoreWrite wanted) {
        this.journal = journal;
        this.wanted = wanted;
        this.changes = new RecordChanges(wanted.changes());
    }

    static Act<WriteResult> of(Journal journal, StoreWrite wanted) {
        WriteAct act = new WriteAct(journal, wanted);
        List<String> ids =
                wanted.entries().stream().map(entry -> Keys.written(entry.id())).toList();
        return Act.once(ids, act.reads(), new WriteResult.Written(), act::make);
    }

    private List<String> reads() {
        List<String> reads = new ArrayList<>(changes.reads());
        if (wanted.epoch() != null || wanted.growsEpoch() || !wanted.cancels().isEmpty()) {
            reads.add(Keys.SHARED);
        }
        if (!wanted.entries().isEmpty()) {
            reads.addAll(journal.reads());
        }
        reads.addAll(Inbox.reads(wanted.outbox()));
        wanted.spends().forEach(spend -> reads.add(Keys.ledger(spend.deviceId())));
        wanted.grants().forEach(grant -> reads.add(Keys.ledger(grant.deviceId())));
        return reads;
    }

    private WriteResult make(EntryTransaction write) {
        Long epoch = wanted.epoch();
        if (epoch != null && epoch != Grants.Shared.in(write).epoch()) {
            return new WriteResult.OtherEpoch();
        }
        Optional<WriteResult> obstacle = changes.obstacle(write);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        ChainHead end = wanted.truncation();
        if (end != null && !Journal.isTruncatable(write, end)) {
            return new WriteResult.NotTruncatable();
        }
        if (!Grants.spend(write, wanted.spends())) {
            return new WriteResult.NotSpendable();
        }
        for (GrantScope scope : wanted.cancels()) {
            Grants.cancel(write, scope);
        }
        changes.make(write);
        wanted.grants().forEach(grant -> Grants.add(write, grant));
        Inbox.handIn(write, wanted.outbox());
        if (wanted.growsEpoch()) {
            Grants.Shared.in(write).nextEpoch().put(write);
        }
        if (end != null) {
            Journal.truncate(write, end);
        }
        wanted.entries().forEach(entry -> journal.append(write, entry));
        return new WriteResult.Written();
    }
}
