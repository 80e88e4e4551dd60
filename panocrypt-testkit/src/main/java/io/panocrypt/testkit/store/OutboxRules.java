package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules O1 to O16: the outbox, whose entries are processed once and in order. */
abstract class OutboxRules extends StoreRules {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Settlement DONE = new Settlement.Done(List.of());
    private static final int THREADS = 16;

    /** Whether the store follows the test's clock, on which the rules depend. */
    private boolean timed;

    OutboxRules(Opener opener) {
        super(opener);
    }

    @BeforeEach
    final void askForTheOutbox() {
        assumeTrue(store().outbox().isPresent(), "the store keeps no outbox");
        timed = fixture().followsClock();
    }

    private void pass(Duration time) {
        assumeTrue(timed, "the store has a clock of its own");
        clock.advance(time);
    }

    /** The expected time, if a store with its own clock reports a time near it; otherwise the reported time. */
    private Instant about(Instant expected, Instant told) {
        boolean near = Duration.between(expected, told).abs().compareTo(MINUTE) < 0;
        return !timed && near ? expected : told;
    }

    private List<LeasedEntry> leasedAbout(Instant expected, String lease) {
        return outbox().lease(lease, MINUTE, 10).stream()
                .map(found -> new LeasedEntry(found.entry(), found.attempts(), about(expected, found.created())))
                .toList();
    }

    private List<DeadEntry> deadAbout(Instant expected) {
        return outbox().deadLetters(null, 10).stream()
                .map(found -> new DeadEntry(
                        found.entry(),
                        found.attempts(),
                        found.cause(),
                        about(expected, found.created()),
                        about(expected, found.died())))
                .toList();
    }

    private static OutboxEntry entry(String id) {
        return new OutboxEntry(id, "topic", "{\"id\":\"" + id + "\"}");
    }

    private static OutboxEntry inLane(String id, String lane) {
        return new OutboxEntry(id, "topic", lane, "{}");
    }

    private void keep(OutboxEntry... entries) {
        store().write(StoreWrite.of().enqueue(List.of(entries)).build());
    }

    private List<String> lease(String lease) {
        return ids(outbox().lease(lease, MINUTE, 100));
    }

    private static List<String> ids(List<LeasedEntry> leased) {
        return leased.stream().map(found -> found.entry().id()).sorted().toList();
    }

    private List<String> waitingIds() {
        return waiting().stream().map(OutboxEntry::id).toList();
    }

    private List<String> dead() {
        return outbox().deadLetters(null, 100).stream()
                .map(found -> found.entry().id())
                .toList();
    }

    private boolean settle(String lease, String id, Settlement settlement) {
        return outbox().settle(lease, id, settlement);
    }

    @Test
    @DisplayName("O1 an entry whose id is kept, waiting, done or dead, changes nothing")
    void keepsAnIdOnce() {
        keep(entry("waits"), entry("done"), entry("dead"));
        lease("l");
        settle("l", "done", DONE);
        settle("l", "dead", new Settlement.Dead("refused", List.of()));
        settle("l", "waits", new Settlement.Retry(MINUTE, "busy"));
        for (String id : List.of("waits", "done", "dead")) {
            OutboxEntry other = new OutboxEntry(id, "other", "{\"other\":true}");
            keep(other);
            written(commit(null, other));
            applied(edit().enqueue(List.of(other)));
        }
        assertEquals(List.of(entry("waits")), waiting());
        assertEquals(
                List.of(entry("dead")),
                outbox().deadLetters(null, 100).stream().map(DeadEntry::entry).toList());
        assertEquals(List.of(), lease("later"));
    }

    @Test
    @DisplayName("O2 an edit keeps its entries; a refused one keeps none, a repeated one no more")
    void keepsTheEntriesOfAnEdit() {
        StoreWrite.Builder edit = edit().enqueue(List.of(entry("one"), entry("two")));
        applied(edit);
        applied(edit);
        store().write(edit().require(KIND, DEVICE, 99)
                .enqueue(List.of(entry("three")))
                .build());
        store().write(edit().inEpoch(store().epoch() + 1)
                .enqueue(List.of(entry("four")))
                .build());
        assertEquals(List.of(entry("one"), entry("two")), waiting());
    }

    @Test
    @DisplayName("O3 an entry is leased as it was given, and to nobody else before the lease ends")
    void leasesToOneAtATime() {
        Instant now = now();
        keep(entry("n"));
        assertEquals(List.of(new LeasedEntry(entry("n"), 1, now)), leasedAbout(now, "first"));
        assertEquals(List.of(), lease("second"));
        pass(MINUTE.minusMillis(1));
        assertEquals(List.of(), lease("third"));
        pass(Duration.ofMillis(1));
        assertEquals(List.of(new LeasedEntry(entry("n"), 2, now)), leasedAbout(now, "fourth"));
        assertEquals(List.of("n"), waitingIds());
    }

    @Test
    @DisplayName("O4 of a lane only the oldest that waits is leased, and no other before it is settled")
    void keepsTheOrderOfALane() {
        keep(inLane("a1", "a"), inLane("a2", "a"), inLane("b1", "b"), inLane("a3", "a"));
        assertEquals(List.of("a1", "b1"), lease("l1"));
        assertEquals(List.of(), lease("l2"));
        settle("l1", "a1", new Settlement.Retry(MINUTE, "busy"));
        assertEquals(List.of(), lease("l3"));
        pass(MINUTE);
        assertEquals(List.of("a1", "b1"), lease("l4"));
        settle("l4", "a1", DONE);
        assertEquals(List.of("a2"), lease("l5"));
        settle("l5", "a2", new Settlement.Dead("refused", List.of()));
        assertEquals(List.of("a3"), lease("l6"));
    }

    @Test
    @DisplayName("O5 what is done waits no longer, and its follow-ups do")
    void settlesWithFollowUps() {
        keep(inLane("n", "a"), inLane("after", "a"));
        lease("l");
        assertTrue(settle("l", "n", new Settlement.Done(List.of(entry("f1"), entry("f2"), entry("after")))));
        assertEquals(List.of("after", "f1", "f2"), waitingIds());
        assertEquals(List.of("after", "f1", "f2"), lease("m"));
    }

    @Test
    @DisplayName("O6 a retry is due after its time and not before, and counts")
    void retriesAfterAWhile() {
        keep(entry("n"));
        lease("l1");
        assertTrue(settle("l1", "n", new Settlement.Retry(Duration.ofSeconds(5), "busy")));
        pass(Duration.ofMillis(4_999));
        assertEquals(List.of(), lease("l2"));
        pass(Duration.ofMillis(1));
        assertEquals(2, outbox().lease("l3", MINUTE, 1).get(0).attempts());
    }

    @Test
    @DisplayName("O7 what is put off is due after its time, and the attempt does not count")
    void putsOff() {
        keep(entry("n"));
        lease("l1");
        assertTrue(settle("l1", "n", new Settlement.PutOff(MINUTE)));
        assertEquals(List.of(), lease("l2"));
        pass(MINUTE);
        assertEquals(1, outbox().lease("l3", MINUTE, 1).get(0).attempts());
    }

    @Test
    @DisplayName("O8 a settlement under a lease that is lost, or of what is settled, changes nothing")
    void refusesALostLease() {
        keep(entry("n"), entry("m"));
        assertFalse(settle("none", "n", DONE));
        lease("old");
        assertTrue(settle("old", "m", DONE));
        pass(MINUTE);
        assertEquals(List.of("n"), lease("new"));
        for (Settlement late : List.of(
                new Settlement.Done(List.of(entry("f"))),
                new Settlement.Retry(Duration.ZERO, "late"),
                new Settlement.PutOff(Duration.ZERO),
                new Settlement.Dead("late", List.of(entry("f"))))) {
            assertFalse(settle("old", "n", late));
            assertFalse(settle("old", "m", late));
            assertFalse(settle("old", "unknown", late));
        }
        assertEquals(List.of("n"), waitingIds());
        assertEquals(List.of(), dead());
        assertEquals(List.of(), lease("third"));
        assertTrue(settle("new", "n", DONE));
        assertFalse(settle("new", "n", DONE));
    }

    @Test
    @DisplayName("O9 a lease that has ended serves until another one takes the entry")
    void settlesAfterTheEndOfALease() {
        keep(entry("n"));
        lease("l");
        pass(MINUTE.multipliedBy(5));
        assertTrue(settle("l", "n", DONE));
        assertEquals(List.of(), waitingIds());
    }

    @Test
    @DisplayName("O10 a dead letter is listed with its cause and not leased, until it is revived or dropped")
    void keepsDeadLetters() {
        Instant now = now();
        keep(entry("one"), entry("two"), entry("three"));
        lease("l");
        assertTrue(settle("l", "one", new Settlement.Dead("gone", List.of(entry("alarm")))));
        assertTrue(settle("l", "three", new Settlement.Dead("refused", List.of())));
        assertEquals(
                List.of(
                        new DeadEntry(entry("one"), 1, "gone", now, now),
                        new DeadEntry(entry("three"), 1, "refused", now, now)),
                deadAbout(now));
        assertEquals(
                List.of("one"),
                outbox().deadLetters(null, 1).stream()
                        .map(found -> found.entry().id())
                        .toList());
        assertEquals(
                List.of("three"),
                outbox().deadLetters("one", 10).stream()
                        .map(found -> found.entry().id())
                        .toList());
        assertEquals(List.of("two", "alarm"), waitingIds());
        assertTrue(outbox().reviveDeadLetter("one"));
        assertTrue(outbox().dropDeadLetter("three"));
        for (String id : List.of("one", "two", "three", "unknown")) {
            assertFalse(outbox().reviveDeadLetter(id));
            assertFalse(outbox().dropDeadLetter(id));
        }
        assertEquals(List.of(), dead());
        List<LeasedEntry> again = outbox().lease("m", MINUTE, 10);
        assertEquals(List.of("alarm", "one"), ids(again));
        assertEquals(
                Set.of(1),
                new HashSet<>(again.stream().map(LeasedEntry::attempts).toList()));
    }

    @Test
    @DisplayName("O11 of concurrent leases on one node and on two, each entry goes to one")
    void leasesEachEntryOnce() throws Exception {
        List<OutboxStore> nodes = new ArrayList<>(List.of(outbox()));
        fixture().anotherNode().flatMap(Store::outbox).ifPresent(nodes::add);
        for (int i = 0; i < 200; i++) {
            keep(entry("n" + i));
        }
        long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
        Queue<String> lost = new ConcurrentLinkedQueue<>();
        List<Callable<List<String>>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            OutboxStore node = nodes.get(thread % nodes.size());
            String name = "t" + thread;
            tasks.add(() -> {
                List<String> mine = new ArrayList<>();
                List<String> got;
                int round = 0;
                do {
                    String lease = name + "-" + round++;
                    got = ids(node.lease(lease, MINUTE, 5));
                    got.stream().filter(id -> !node.settle(lease, id, DONE)).forEach(lost::add);
                    mine.addAll(got);
                    // A lease may give up early on a slow engine, so only the outbox tells the end.
                } while (lost.isEmpty()
                        && System.nanoTime() - deadline < 0
                        && (!got.isEmpty() || !node.waiting(1).isEmpty()));
                return mine;
            });
        }
        List<String> all = Parallel.run(tasks).stream().flatMap(List::stream).toList();
        assertEquals(List.of(), List.copyOf(lost), "a lease was lost to another");
        assertEquals(all.size(), new HashSet<>(all).size(), "an entry was leased twice");
        assertEquals(200, all.size());
    }

    @Test
    @DisplayName("O12 of concurrent commits and edits with the same entry one is kept")
    void keepsOneOfConcurrentEntries() throws Exception {
        Callable<WriteResult> task = () -> store().write(commit(null, entry("n")));
        Parallel.run(Collections.nCopies(THREADS, task));
        assertEquals(List.of("n"), waitingIds());
    }

    @Test
    @DisplayName("O13 what has been done or dead for longer is purged, its id too, and nothing else")
    void purges() {
        keep(entry("old"), entry("dead"), entry("young"), entry("waits"));
        lease("l");
        settle("l", "old", DONE);
        settle("l", "dead", new Settlement.Dead("gone", List.of()));
        settle("l", "waits", new Settlement.Retry(Duration.ZERO, "busy"));
        pass(Duration.ofDays(3));
        settle("l", "young", DONE);
        assertEquals(0, outbox().purgeOutbox(Duration.ofDays(3)));
        pass(Duration.ofMillis(1));
        assertEquals(2, outbox().purgeOutbox(Duration.ofDays(3)));
        keep(entry("old"), entry("young"), entry("dead"));
        assertEquals(List.of("waits", "old", "dead"), waitingIds());
        assertEquals(List.of(), dead());
    }

    @Test
    @DisplayName("O14 the status counts what waits and what is dead, and tells the age of the oldest")
    void tellsHowFarItLags() {
        Instant now = now();
        OutboxStatus status = outbox().outboxStatus();
        assertEquals(
                new OutboxStatus(now, 0, Optional.empty(), 0),
                new OutboxStatus(about(now, status.now()), status.waiting(), status.oldest(), status.dead()));
        keep(entry("one"), entry("two"));
        pass(MINUTE);
        keep(entry("three"));
        lease("l");
        settle("l", "two", DONE);
        settle("l", "three", new Settlement.Dead("gone", List.of()));
        assertEquals(new OutboxStatus(now.plus(MINUTE), 1, Optional.of(now), 1), outbox().outboxStatus());
        settle("l", "one", DONE);
        assertEquals(Optional.empty(), outbox().outboxStatus().oldest());
    }

    @Test
    @DisplayName("O15 what has been due longest is leased first")
    void leasesTheOldestFirst() {
        keep(entry("z"), entry("y"));
        lease("l");
        settle("l", "z", new Settlement.Retry(MINUTE, "busy"));
        settle("l", "y", new Settlement.Retry(Duration.ofSeconds(30), "busy"));
        pass(Duration.ofSeconds(45));
        keep(entry("a"));
        pass(MINUTE);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            order.addAll(ids(outbox().lease("m" + i, MINUTE, 1)));
        }
        assertEquals(List.of("y", "a", "z"), order);
    }

    @Test
    @DisplayName("O16 leases, settlements and ids are there when the store is opened again")
    void keepsTheOutboxWhenOpenedAgain() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        keep(entry("done"), entry("dead"), entry("leased"), entry("free"));
        outbox().lease("l", MINUTE, 3);
        settle("l", "done", new Settlement.Done(List.of(entry("follow-up"))));
        settle("l", "dead", new Settlement.Dead("gone", List.of()));
        fixture().reopen();
        assertEquals(List.of("dead"), dead());
        assertEquals(List.of("leased", "free", "follow-up"), waitingIds());
        keep(entry("done"));
        assertEquals(List.of("follow-up", "free"), lease("m"));
        assertTrue(settle("l", "leased", DONE));
    }
}
