package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Makes the same random calls on a store and on {@link MemoryStore}. They must give the same answers, and show the same
 * contents after each call, down to the hashes. Extend it and open your store.
 *
 * <p>This finds what no rule of the contracts names. A long test, tagged {@code long}, does it for several stores. Stores
 * that do not follow the clock are skipped.
 */
public abstract class StoreComparison {
    private static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");
    private static final int CALLS = 120;
    private static final int LONG_CALLS = 300;
    private static final int PAGE = 1_000;
    private static final int MAX_PAUSE_MILLIS = 10_000;

    /** Called by subclasses. */
    protected StoreComparison() {}

    /**
     * Opens an empty store that nobody else uses. It keeps an outbox and truncates chains.
     *
     * @param clock the clock for the store
     */
    protected abstract StoreFixture open(MutableClock clock) throws Exception;

    /** How many stores the long test compares, with 300 calls each; 5 unless overridden. */
    protected int stores() {
        return 5;
    }

    @Test
    final void answersAsTheStoreInMemory() throws Exception {
        compare(CALLS);
    }

    @Test
    @Tag("long")
    final void answersAsTheStoreInMemoryForLong() throws Exception {
        for (int i = 0; i < stores(); i++) {
            compare(LONG_CALLS);
        }
    }

    private void compare(int calls) throws Exception {
        MutableClock clock = new MutableClock(START);
        try (StoreFixture fixture = open(clock)) {
            assumeTrue(fixture.followsClock(), "the store has a clock of its own");
            String chain = fixture.chain();
            ForwardingStore reference = new MemoryStore(clock, chain);
            ForwardingStore other = new ForwardingStore(fixture.store());
            long seed = System.nanoTime();
            Random random = new Random(seed);
            RandomActs acts = new RandomActs(random, clock, reference, chain);
            for (int number = 0; number < calls; number++) {
                RandomActs.Act act = acts.next();
                String when = "call " + number + " of seed " + seed;
                assertEquals(act.apply(reference), act.apply(other), () -> "answer to " + when);
                assertEquals(contents(reference, chain), contents(other, chain), () -> "contents after " + when);
                clock.advance(Duration.ofMillis(random.nextInt(MAX_PAUSE_MILLIS)));
            }
        }
    }

    /** Everything that can be read from a store. */
    private static List<Object> contents(ForwardingStore store, String chain) {
        List<Object> seen = new ArrayList<>(List.of(
                store.epoch(),
                store.heads(),
                store.chain(chain, 0, PAGE),
                store.waiting(PAGE),
                store.deadLetters(null, PAGE),
                store.outboxStatus()));
        for (JournalEntry.Kind kind : JournalEntry.Kind.values()) {
            seen.add(store.journal(new JournalQuery(kind, null, null, PAGE)));
            seen.add(store.journal(new JournalQuery(kind, "dev-1", null, 3)));
        }
        for (String kind : RandomActs.KINDS) {
            seen.add(store.scan(kind, null, null, PAGE));
            seen.add(store.scanByUniqueTerm(kind, "name:u", null, PAGE));
            seen.add(store.scanByUniqueTerm(kind, "name:u", "name:u0", 2));
            for (int i = 0; i < RandomActs.TERMS; i++) {
                seen.add(store.scan(kind, "t" + i, null, PAGE));
                seen.add(store.find(kind, "name:u" + i));
            }
        }
        for (int i = 0; i < RandomActs.DEVICES; i++) {
            seen.add(store.grants("dev-" + i));
        }
        for (int i = 0; i < RandomActs.TERMS; i++) {
            store.snapshot("name:u" + i).ifPresent(found -> {
                seen.add(found.now());
                seen.add(found.device());
                seen.add(new HashSet<>(found.grants()));
                seen.add(new HashSet<>(found.requests()));
            });
        }
        return seen;
    }
}
