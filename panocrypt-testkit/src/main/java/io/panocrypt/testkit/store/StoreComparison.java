package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/**
 * Makes the same random calls on two stores. They must give the same answers, and show the same contents after each call,
 * down to the hashes.
 *
 * <p>This finds what no rule of the contracts names. Compare your store with {@code MemoryStore}, or with {@code JdbcStore}
 * on SQLite. Not thread-safe.
 */
public final class StoreComparison {
    private static final int PAGE = 1_000;
    private static final int MAX_PAUSE_MILLIS = 10_000;

    private final ForwardingStore reference;
    private final ForwardingStore other;
    private final MutableClock clock;
    private final String chain;

    /**
     * Compares two empty stores, each on the only node that uses it.
     *
     * @param clock the clock of both stores
     * @param chain the name of the node and its chain, in both stores
     */
    public <R extends PolicyStore & DecisionStore, S extends PolicyStore & DecisionStore> StoreComparison(
            R reference, S other, MutableClock clock, String chain) {
        this.reference = new ForwardingStore(reference);
        this.other = new ForwardingStore(other);
        this.clock = clock;
        this.chain = chain;
    }

    /**
     * Makes calls, and lets up to 10 s pass on the clock after each. May be called once.
     *
     * @param seed of the random calls; failures name it
     * @throws AssertionError if an answer or the contents differ
     */
    public void run(long seed, int calls) {
        Random random = new Random(seed);
        RandomActs acts = new RandomActs(random, clock, reference, chain);
        for (int number = 0; number < calls; number++) {
            RandomActs.Act act = acts.next();
            String when = "call " + number + " of seed " + seed;
            assertEquals(act.apply(reference), act.apply(other), () -> "answer to " + when);
            assertEquals(contents(reference), contents(other), () -> "contents after " + when);
            clock.advance(Duration.ofMillis(random.nextInt(MAX_PAUSE_MILLIS)));
        }
    }

    /** Everything that can be read from a store. */
    private List<Object> contents(ForwardingStore store) {
        List<Object> seen = new ArrayList<>(List.of(
                store.epoch(),
                store.heads(),
                store.chain(chain, 0, PAGE),
                store.outbox(PAGE),
                store.deadLetters(null, PAGE),
                store.outboxStatus()));
        for (JournalEntry.Kind kind : JournalEntry.Kind.values()) {
            seen.add(store.journal(new JournalQuery(kind, null, null, PAGE)));
            seen.add(store.journal(new JournalQuery(kind, "dev-1", null, 3)));
        }
        for (String kind : RandomActs.KINDS) {
            seen.add(store.scan(kind, null, null, PAGE));
            for (int i = 0; i < RandomActs.TERMS; i++) {
                seen.add(store.scan(kind, "t" + i, null, PAGE));
                seen.add(store.find(kind, "u" + i));
            }
        }
        for (int i = 0; i < RandomActs.DEVICES; i++) {
            seen.add(store.grants("dev-" + i));
        }
        for (int i = 0; i < RandomActs.TERMS; i++) {
            store.snapshot("u" + i).ifPresent(found -> {
                seen.add(found.now());
                seen.add(found.device());
                seen.add(new HashSet<>(found.grants()));
                seen.add(new HashSet<>(found.requests()));
            });
        }
        return seen;
    }
}
