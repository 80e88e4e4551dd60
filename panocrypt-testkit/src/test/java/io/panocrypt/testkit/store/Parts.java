package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Spend;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Copies of a write in which one part is another, for stores that make a mistake. */
final class Parts {
    private Parts() {}

    static StoreWrite entries(StoreWrite write, List<JournalEntry> entries) {
        return new StoreWrite(
                entries,
                write.epoch(),
                write.growsEpoch(),
                write.changes(),
                write.spends(),
                write.cancels(),
                write.grants(),
                write.outbox(),
                write.truncation());
    }

    /** The same entries with other ids. */
    static StoreWrite renamed(StoreWrite write, String suffix) {
        return entries(
                write,
                write.entries().stream()
                        .map(entry -> new JournalEntry(
                                entry.id() + suffix, entry.kind(), entry.time(), entry.deviceId(), entry.body()))
                        .toList());
    }

    static StoreWrite epoch(StoreWrite write, @Nullable Long epoch, boolean grows) {
        return new StoreWrite(
                write.entries(),
                epoch,
                grows,
                write.changes(),
                write.spends(),
                write.cancels(),
                write.grants(),
                write.outbox(),
                write.truncation());
    }

    static StoreWrite changes(StoreWrite write, List<Change> changes) {
        return new StoreWrite(
                write.entries(),
                write.epoch(),
                write.growsEpoch(),
                changes,
                write.spends(),
                write.cancels(),
                write.grants(),
                write.outbox(),
                write.truncation());
    }

    static StoreWrite without(StoreWrite write, Predicate<Change> dropped) {
        return changes(write, write.changes().stream().filter(dropped.negate()).toList());
    }

    static StoreWrite spends(StoreWrite write, List<Spend> spends) {
        return new StoreWrite(
                write.entries(),
                write.epoch(),
                write.growsEpoch(),
                write.changes(),
                spends,
                write.cancels(),
                write.grants(),
                write.outbox(),
                write.truncation());
    }

    static StoreWrite cancels(StoreWrite write, List<GrantScope> cancels) {
        return new StoreWrite(
                write.entries(),
                write.epoch(),
                write.growsEpoch(),
                write.changes(),
                write.spends(),
                cancels,
                write.grants(),
                write.outbox(),
                write.truncation());
    }

    static StoreWrite outbox(StoreWrite write, List<OutboxEntry> outbox) {
        return new StoreWrite(
                write.entries(),
                write.epoch(),
                write.growsEpoch(),
                write.changes(),
                write.spends(),
                write.cancels(),
                write.grants(),
                outbox,
                write.truncation());
    }

    static StoreWrite truncation(StoreWrite write, @Nullable ChainHead end) {
        return new StoreWrite(
                write.entries(),
                write.epoch(),
                write.growsEpoch(),
                write.changes(),
                write.spends(),
                write.cancels(),
                write.grants(),
                write.outbox(),
                end);
    }
}
