package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Links from nodes to one entry store, with random faults. Not thread-safe. */
final class FaultyLinks {
    private final EntryStore store;
    private final ActModel model;
    private final Random random;
    private final Runnable between;
    private final List<Runnable> late = new ArrayList<>();
    private boolean calm;

    /** @param between runs before each call */
    FaultyLinks(EntryStore store, ActModel model, Random random, Runnable between) {
        this.store = store;
        this.model = model;
        this.random = random;
        this.between = between;
    }

    /** Lets some late write arrive. */
    void arrive() {
        if (!late.isEmpty()) {
            late.remove(random.nextInt(late.size())).run();
        }
    }

    /** Lets all late writes arrive, and makes no more faults. */
    void heal() {
        while (!late.isEmpty()) {
            arrive();
        }
        calm = true;
    }

    void calm(Runnable run) {
        boolean before = calm;
        calm = true;
        try {
            run.run();
        } finally {
            calm = before;
        }
    }

    EntryStore link() {
        return new Link();
    }

    private boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        boolean happened = store.write(conditions, mutations);
        if (happened) {
            mutations.stream()
                    .filter(mutation -> mutation instanceof EntryMutation.Put)
                    .forEach(put -> model.happens(put.key()));
        }
        return happened;
    }

    private final class Link implements EntryStore {
        private void before() {
            if (!calm) {
                between.run();
                if (random.nextInt(60) == 0) {
                    throw new StoreException("no answer");
                }
            }
        }

        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            before();
            return store.read(keys);
        }

        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            before();
            return store.scan(from, to, limit, order);
        }

        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            before();
            int fate = calm ? 9 : random.nextInt(20);
            switch (fate) {
                case 0, 1 -> FaultyLinks.this.write(conditions, mutations);
                case 2, 3, 4 -> late.add(() -> FaultyLinks.this.write(conditions, mutations));
                case 5 -> {}
                case 6 -> throw new StoreRejectedException("refused");
                default -> {
                    return FaultyLinks.this.write(conditions, mutations);
                }
            }
            throw new StoreException("no answer to a write");
        }

        @Override
        public Instant now() {
            return store.now();
        }

        @Override
        public int maxBatch() {
            return 50;
        }
    }
}
