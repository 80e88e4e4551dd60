package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.testkit.store.IntactChains;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills Redis repeatedly while two nodes spend, and checks what it kept. */
@RequiresTools("redis-server")
class RedisCrashTest {
    private static final int SPENDERS = 4;

    /** Small files, so that a kill often hits a rewrite. */
    private static final List<String> OPTIONS = List.of(
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--auto-aof-rewrite-min-size",
            "32kb",
            "--auto-aof-rewrite-percentage",
            "10");

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasCommittedOverTenKills() throws Exception {
        crash(10);
    }

    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverAHundredKills() throws Exception {
        crash(100);
    }

    private void crash(int rounds) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int happenedUnheard = 0;
        try (RedisServer server = RedisServer.with(folder, OPTIONS);
                RedisStore one = RedisStore.open(server.address(), "crash:", "node-1");
                RedisStore two = RedisStore.open(server.address(), "crash:", "node-2")) {
            Spending.prepare(one);
            Set<String> committed = new HashSet<>();
            for (int round = 0; round < rounds; round++) {
                String when = "round " + round + " of seed " + seed;
                Round spent = new Round(List.of(one, two), "r" + round + "-");
                spent.run(server, random.nextInt(100));
                committed.addAll(spent.committed);
                server.startAgain();

                Set<String> possible = new HashSet<>(committed);
                spent.unknown.forEach(commit -> possible.add(commit.entry().id()));
                Set<String> kept = kept(two, when);
                assertEquals(Set.of(), without(committed, kept), "lost in " + when);
                assertEquals(Set.of(), without(kept, possible), "from nowhere in " + when);
                happenedUnheard += kept.size() - committed.size();

                for (DecisionCommit commit : spent.unknown) {
                    assertEquals(CommitResult.COMMITTED, one.commit(commit), when);
                }
                assertEquals(possible, kept(one, when), when);
                committed = possible;
            }
        }
        System.out.println(rounds + " kills, " + happenedUnheard + " commits had happened without an answer");
    }

    /** Threads that spend until Redis is gone. */
    private static final class Round {
        final Set<String> committed = new HashSet<>();
        final List<DecisionCommit> unknown = new ArrayList<>();
        private final List<RedisStore> nodes;
        private final String prefix;
        private final CountDownLatch spending = new CountDownLatch(SPENDERS);

        Round(List<RedisStore> nodes, String prefix) {
            this.nodes = nodes;
            this.prefix = prefix;
        }

        void run(RedisServer server, int millis) throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(SPENDERS);
            try {
                List<Future<?>> spenders = new ArrayList<>();
                for (int i = 0; i < SPENDERS; i++) {
                    RedisStore node = nodes.get(i % nodes.size());
                    String name = prefix + i + "-";
                    spenders.add(threads.submit(() -> spend(node, name)));
                }
                assertTrue(spending.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "nobody has spent");
                assertFalse(server.ends(millis), "redis-server ended by itself");
                server.kill();
                for (Future<?> spender : spenders) {
                    spender.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
        }

        private void spend(RedisStore node, String name) {
            for (int number = 0; ; number++) {
                DecisionCommit commit;
                try {
                    commit = Spending.commit(node, name + number);
                } catch (StoreException gone) {
                    return;
                }
                try {
                    CommitResult result = node.commit(commit);
                    assertEquals(CommitResult.COMMITTED, result);
                    synchronized (this) {
                        committed.add(commit.entry().id());
                    }
                } catch (StoreException outcomeUnknown) {
                    synchronized (this) {
                        unknown.add(commit);
                    }
                    return;
                }
                spending.countDown();
            }
        }
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /** The commits in the journal. The journal must be intact and agree with the grant and the outbox. */
    private static Set<String> kept(DecisionStore store, String when) {
        Set<String> kept = new HashSet<>();
        IntactChains.rows(store, when).forEach(row -> kept.add(row.entry().id()));
        kept.remove("setup");
        assertEquals(kept.size(), Spending.spent(store), when);
        assertEquals(kept.size(), store.outboxStatus().waiting(), when);
        return kept;
    }
}
