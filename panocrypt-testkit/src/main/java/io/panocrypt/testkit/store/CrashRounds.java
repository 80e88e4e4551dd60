package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.support.TestTimeout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills an engine, and one of two nodes on it, while both spend one grant and edit. What a node was told is kept, and no
 * use is spent without its journal entry, or twice.
 */
public final class CrashRounds {
    private static final int SPENDERS = 4;
    private static final int MAX_MILLIS = 300;

    private final CrashSite site;
    private final Random random;

    /** Acts of which the survivor was told that they happened. */
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();

    private CrashRounds(CrashSite site, Random random) {
        this.site = site;
        this.random = random;
    }

    /**
     * Starts a node {@code lives} times. In each life the engine is killed {@code engineKills} times before the node is,
     * alone or together with the engine.
     *
     * @param site its store is empty
     */
    public static void run(CrashSite site, int lives, int engineKills) throws Exception {
        long seed = System.nanoTime();
        System.out.println("kills of seed " + seed);
        Store survivor = site.survivor();
        CrashingNode.retry(() -> {
            Spending.prepare(survivor);
            return survivor;
        });
        CrashRounds rounds = new CrashRounds(site, new Random(seed));
        long epoch = CrashingNode.retry(survivor::epoch);
        Set<String> told = new HashSet<>();
        for (int life = 0; life < lives; life++) {
            told.addAll(rounds.live(life, engineKills));
            told.addAll(rounds.confirmed);
            verify(survivor, told, epoch, "life " + life + " of seed " + seed);
        }
    }

    /** Returns the acts of which the node was told that they happened. It must work again after each kill of the engine. */
    private Set<String> live(int life, int engineKills) throws Exception {
        Store survivor = site.survivor();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (CrashingNode node = CrashingNode.start(site.program(), site.arguments("n" + life))) {
            List<Future<?>> own = new ArrayList<>();
            for (int number = 0; number < SPENDERS; number++) {
                String prefix = "s" + life + "-" + number + "-";
                own.add(threads.submit(() -> CrashingNode.spend(survivor, prefix, confirmed::add, done::get)));
            }
            String edits = "s" + life + "-edit-";
            own.add(threads.submit(() -> CrashingNode.edit(survivor, edits, confirmed::add, done::get)));
            node.awaitWork();
            for (int kill = 0; kill < engineKills; kill++) {
                pause();
                site.restartEngine();
                node.awaitWork();
            }
            pause();
            Set<String> told = node.kill();
            if (life % 2 == 1) {
                site.restartEngine();
            }
            pause();
            done.set(true);
            for (Future<?> thread : own) {
                thread.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
            }
            return told;
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(MAX_MILLIS)));
    }

    private static void verify(Store store, Set<String> told, long epoch, String when) {
        Set<String> kept = Spending.kept(store, when);
        Set<String> lost = new HashSet<>(told);
        lost.removeAll(kept);
        assertEquals(Set.of(), lost, when + ": lost");
        long edits = kept.stream().filter(id -> id.contains("-edit-")).count();
        assertEquals(epoch + edits, store.epoch(), when + ": the epoch moves with each edit in the journal");
    }
}
