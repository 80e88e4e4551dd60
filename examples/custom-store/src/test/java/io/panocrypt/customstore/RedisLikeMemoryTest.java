package io.panocrypt.customstore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the same calls on Redis and the reference store. Answers and contents must be equal after each call. */
@RequiresTools("redis-server")
class RedisLikeMemoryTest {
    private static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");

    @TempDir
    private Path folder;

    @Test
    void answersAsTheReferenceDoes() throws Exception {
        compare(1, 120);
    }

    @Test
    @Tag("long")
    void answersAsTheReferenceDoesForLong() throws Exception {
        compare(20, 300);
    }

    private void compare(int stores, int acts) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (RedisServer server = RedisServer.durable(folder)) {
            for (int i = 0; i < stores; i++) {
                MutableClock clock = new MutableClock(START);
                MemoryStore reference = new MemoryStore(clock, "node-1");
                try (RedisStore redis = RedisStore.open(server.address(), "like-" + i + ":", "node-1", clock)) {
                    RandomActs<MemoryStore> draw = new RandomActs<>(random, clock, reference);
                    for (int number = 0; number < acts; number++) {
                        RandomActs.Act act = draw.next();
                        String when = "act " + number + " on store " + i + " of seed " + seed;
                        Object expected = act.on(reference);
                        assertEquals(expected, act.on(redis), when);
                        assertEquals(look(reference), look(redis), when);
                        clock.advance(Duration.ofMillis(random.nextInt(10_000)));
                    }
                }
            }
        }
    }

    /** Everything that can be read from a store. */
    private static <S extends PolicyStore & DecisionStore> List<Object> look(S store) {
        List<Object> seen = new ArrayList<>(List.of(
                store.epoch(),
                store.heads(),
                store.chain("node-1", 0, 1_000),
                store.outbox(100),
                store.deadLetters(null, 100),
                store.outboxStatus()));
        for (JournalEntry.Kind kind : JournalEntry.Kind.values()) {
            seen.add(store.journal(new JournalQuery(kind, null, null, 1_000)));
            seen.add(store.journal(new JournalQuery(kind, "dev-1", null, 3)));
        }
        for (String kind : RandomActs.KINDS) {
            seen.add(store.scan(kind, null, null, 100));
            for (int i = 0; i < RandomActs.TERMS; i++) {
                seen.add(store.scan(kind, "t" + i, null, 100));
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
