package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** An entry store whose writes fail as planned. Thread-safe. */
final class FaultyEntryStore implements EntryStore {
    /** What becomes of a write. */
    enum Fate {
        HAPPENS,
        /** It does not happen, and throws. */
        LOST,
        /** It happens, and throws. */
        UNHEARD,
        /** It throws, and happens if {@link #arrive} is called. */
        LATE
    }

    private final EntryStore store;
    private final ConcurrentLinkedQueue<Fate> fates = new ConcurrentLinkedQueue<>();
    private final List<BooleanSupplier> late = new ArrayList<>();
    private final AtomicInteger largest = new AtomicInteger();
    private volatile Runnable beforeWrite = () -> {};
    private volatile Runnable beforeRead = () -> {};
    private volatile Consumer<String> beforeScan = from -> {};
    private volatile boolean readable = true;
    private volatile boolean writable = true;
    private volatile int maxBatch = 100;

    FaultyEntryStore(EntryStore store) {
        this.store = store;
    }

    /** Plans the next writes; later ones happen. */
    void plan(Fate... next) {
        fates.addAll(List.of(next));
    }

    /** Runs before each write, until it is set again. */
    void beforeWrite(Runnable run) {
        beforeWrite = run;
    }

    /** Runs before each read and scan, until it is set again. */
    void beforeRead(Runnable run) {
        beforeRead = run;
    }

    /** Gets where each scan begins, until it is set again. */
    void beforeScan(Consumer<String> run) {
        beforeScan = run;
    }

    void setReadable(boolean can) {
        readable = can;
    }

    void setWritable(boolean can) {
        writable = can;
    }

    void setMaxBatch(int keys) {
        maxBatch = keys;
    }

    /** The most keys that a write has named. */
    int largest() {
        return largest.get();
    }

    /** Lets the late writes arrive; returns whether each has happened. */
    List<Boolean> arrive() {
        List<Boolean> happened =
                late.stream().map(BooleanSupplier::getAsBoolean).toList();
        late.clear();
        return happened;
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> keys) {
        requireReadable();
        return store.read(keys);
    }

    @Override
    public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        requireReadable();
        beforeScan.accept(from);
        return store.scan(from, to, limit, order);
    }

    private void requireReadable() {
        beforeRead.run();
        if (!readable) {
            throw new StoreException("no answer to a read");
        }
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        beforeWrite.run();
        largest.accumulateAndGet(
                (int) Stream.concat(
                                conditions.stream().map(EntryCondition::key),
                                mutations.stream().map(EntryMutation::key))
                        .distinct()
                        .count(),
                Math::max);
        if (!writable) {
            throw new StoreException("no answer to a write");
        }
        Fate planned = fates.poll();
        switch (planned == null ? Fate.HAPPENS : planned) {
            case HAPPENS -> {
                return store.write(conditions, mutations);
            }
            case UNHEARD -> store.write(conditions, mutations);
            case LATE -> late.add(() -> store.write(conditions, mutations));
            case LOST -> {}
        }
        throw new StoreException("no answer to a write");
    }

    @Override
    public Instant now() {
        return store.now();
    }

    @Override
    public int maxBatch() {
        return maxBatch;
    }
}
