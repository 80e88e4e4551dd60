package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random acts of several nodes, some of them restarted under the same name, on links that lose writes, lose answers, deliver
 * writes late, and let another act happen between any two calls. A model is told of each act at the moment when its write
 * happens, and says whether it may.
 */
class RandomFaultsTest {
    private static final int SEEDS = 10;
    private static final int MANY_SEEDS = 30;
    private static final int ACTS = 250;
    private static final List<String> DEVICES = List.of("dev-1", "dev-2", "dev-3");
    private static final List<String> TERMS = List.of("x", "y");

    static Stream<Long> seeds() {
        return new Random().longs(SEEDS).boxed();
    }

    static Stream<Long> manySeeds() {
        return new Random().longs(MANY_SEEDS).boxed();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverBreakARule(long seed) {
        new Run(seed).all();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    @Tag("long")
    void neverBreakARuleForLong(long seed) {
        new Run(seed).all();
    }

    /** The acts of one seed. */
    private static final class Run {
        private final Random random;
        private final AtomicReference<Instant> time = new AtomicReference<>(EntrySite.START);
        private final MemoryEntryStore memory = new MemoryEntryStore(time::get);
        private final ActModel model = new ActModel();
        private final List<ForwardingStore> nodes = new ArrayList<>();
        private final Set<ForwardingStore> busy = new HashSet<>();
        private final FaultyLinks links;
        private final Map<String, Supplier<?>> unknown = new HashMap<>();
        private final List<String> firstLeased = new ArrayList<>();
        private final Set<String> done = new HashSet<>();
        private final Set<String> maybeDone = new HashSet<>();
        private int numbers;
        private int depth;

        Run(long seed) {
            random = new Random(seed);
            links = new FaultyLinks(memory, model, random, this::intrude);
            for (String chain : List.of("a", "a", "b", "b")) {
                Duration timeout = nodes.size() % 2 == 0 ? Duration.ofSeconds(10) : Duration.ZERO;
                nodes.add(new ForwardingStore(new EntryBackedStore(links.link(), chain, timeout)));
            }
        }

        void all() {
            for (int i = 0; i < ACTS; i++) {
                act();
                model.check();
            }
            links.heal();
            model.check();
            checkAll();
        }

        private String next(String prefix) {
            return prefix + "-" + ++numbers;
        }

        private boolean oneIn(int n) {
            return random.nextInt(n) == 0;
        }

        private <T> T any(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        private void intrude() {
            if (oneIn(40)) {
                // The clock goes on, or back a little.
                time.updateAndGet(now -> now.plusSeconds(random.nextInt(90) - 10));
            }
            if (depth < 2 && oneIn(12)) {
                act();
            }
        }

        private void act() {
            List<ForwardingStore> free =
                    nodes.stream().filter(node -> !busy.contains(node)).toList();
            ForwardingStore node = any(free);
            busy.add(node);
            depth++;
            try {
                act(node);
            } catch (StoreException e) {
                // Unknown, or nothing happened; the model knows.
            } finally {
                depth--;
                busy.remove(node);
            }
        }

        private void act(ForwardingStore node) {
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> commit(node);
                case 4, 5, 6, 7 -> edit(node);
                case 8 -> links.arrive();
                case 9 -> node.purgeOutbox(Duration.ofDays(1));
                case 10 -> {
                    lease(node);
                    time.updateAndGet(now -> now.plus(Duration.ofSeconds(random.nextInt(90))));
                }
                case 11 -> cut(node);
                case 12 -> repeat();
                default -> look(node);
            }
        }

        private JournalEntry entry(JournalEntry.Kind kind, String device) {
            return new JournalEntry(next("e"), kind, time.get().plusMillis(random.nextInt(5)), device, "{}");
        }

        private List<OutboxEntry> notices() {
            List<OutboxEntry> notices = new ArrayList<>();
            while (oneIn(3)) {
                String id = oneIn(5) ? "n-" + random.nextInt(numbers + 1) : next("n");
                notices.add(new OutboxEntry(id, "topic", "lane-" + id.hashCode() % 3, "{}"));
            }
            return notices;
        }

        private void commit(ForwardingStore node) {
            String device = any(DEVICES);
            List<String> grants = model.grantsOf(device, time.get());
            List<String> spends = new ArrayList<>();
            if (!grants.isEmpty() && !oneIn(4)) {
                spends.add(any(grants));
            }
            StoreWrite commit = StoreWrite.of(entry(JournalEntry.Kind.UNLOCK, device))
                    .inEpoch(model.epoch() - (oneIn(10) ? 1 : 0))
                    .require(PolicyRecord.DEVICE, device, model.version(device) + (oneIn(10) ? 1 : 0))
                    .spend(device, spends)
                    .enqueue(notices())
                    .build();
            model.expect(commit.entries().get(0).id(), () -> model.make(commit));
            call(node, commit.entries().get(0).id(), () -> node.write(commit));
        }

        private void edit(ForwardingStore node) {
            List<Change> changes = new ArrayList<>();
            List<GrantScope> cancels = new ArrayList<>();
            List<Grant> grants = new ArrayList<>();
            String device = any(DEVICES);
            long version = model.version(device);
            if (version == 0 || oneIn(3)) {
                Set<String> terms = new HashSet<>();
                TERMS.stream().filter(term -> oneIn(2)).forEach(terms::add);
                changes.add(new Change.Put(new PolicyRecord(
                        PolicyRecord.DEVICE, device, version + 1, "{}", Set.of("token:" + device), terms)));
            } else if (oneIn(6)) {
                changes.add(new Change.Delete(PolicyRecord.DEVICE, device, version));
            }
            if (oneIn(3)) {
                cancels.add(scope());
            }
            while (oneIn(2)) {
                int uses = 1 + random.nextInt(3);
                Instant now = time.get();
                Instant end = now.plus(oneIn(2) ? Duration.ofMinutes(1) : Duration.ofDays(1));
                grants.add(new Grant(next("g"), any(DEVICES), uses, uses, now, end, "{}"));
            }
            StoreWrite edit = StoreWrite.of(entry(JournalEntry.Kind.AUDIT, device))
                    .inEpoch(oneIn(3) ? model.epoch() : null)
                    .growEpoch(oneIn(5))
                    .change(changes)
                    .cancel(cancels)
                    .grant(grants)
                    .enqueue(notices())
                    .build();
            model.expect(edit.entries().get(0).id(), () -> model.make(edit));
            call(node, edit.entries().get(0).id(), () -> node.write(edit));
        }

        private GrantScope scope() {
            String device = any(DEVICES);
            List<String> grants = model.grantsOf(device, time.get());
            if (oneIn(3) && !grants.isEmpty()) {
                return new GrantScope.Single(device, any(grants));
            }
            Set<String> terms = new HashSet<>();
            TERMS.stream().filter(term -> oneIn(2)).forEach(terms::add);
            return oneIn(3) ? new GrantScope.OfDevice(device) : new GrantScope.OfTerms(terms);
        }

        /** Calls, and compares the answer with what the model has seen. */
        private void call(ForwardingStore node, String id, Supplier<?> act) {
            boolean wasUnknown = unknown.containsKey(id);
            try {
                Object answer = act.get();
                boolean isDone = answer instanceof WriteResult.Written;
                assertEquals(isDone, model.hasHappened(id), id + " " + answer);
                if (!isDone) {
                    model.forbid(id);
                }
                unknown.remove(id);
            } catch (StoreRejectedException e) {
                if (!wasUnknown) {
                    assertTrue(!model.hasHappened(id), id + " was rejected");
                    model.forbid(id);
                }
                throw e;
            } catch (StoreException e) {
                // Writers repeat on the node, or after its restart.
                ForwardingStore same = nodes.get(nodes.indexOf(node) ^ 1);
                unknown.put(id, () -> {
                    ForwardingStore free = busy.contains(node) ? same : node;
                    if (!busy.contains(free)) {
                        busy.add(free);
                        try {
                            call(free, id, act);
                        } finally {
                            busy.remove(free);
                        }
                    }
                    return null;
                });
                throw e;
            }
        }

        private void repeat() {
            if (!unknown.isEmpty()) {
                unknown.get(any(unknown.keySet().stream().sorted().toList())).get();
            }
        }

        /** Cuts only what nobody repeats any more. */
        private void cut(ForwardingStore node) {
            if (depth > 1) {
                return;
            }
            unknown.clear();
            List<ChainHead> heads = node.heads();
            if (heads.isEmpty()) {
                return;
            }
            String chain = any(heads).chain();
            List<JournalRow> rows = node.chain(chain, 0, 1 + random.nextInt(10));
            if (rows.isEmpty()) {
                return;
            }
            ChainHead end = ChainHead.of(rows.get(rows.size() - 1));
            long version = node.get("cut", chain).map(PolicyRecord::version).orElse(0L);
            StoreWrite cut = StoreWrite.of(entry(JournalEntry.Kind.AUDIT, null))
                    .put(new PolicyRecord("cut", chain, version + 1, "{}", Set.of(), Set.of()))
                    .truncate(end)
                    .build();
            model.expect(cut.entries().get(0).id(), () -> model.make(cut));
            call(node, cut.entries().get(0).id(), () -> node.write(cut));
        }

        private void lease(ForwardingStore node) {
            String lease = next("l");
            // Another node may do an entry while this one is at work, because leases end.
            Set<String> doneBefore = Set.copyOf(done);
            for (LeasedEntry leased : node.lease(lease, Duration.ofMinutes(1), 1 + random.nextInt(3))) {
                OutboxEntry entry = leased.entry();
                assertTrue(!doneBefore.contains(entry.id()), entry.id() + " was done already");
                if (!firstLeased.contains(entry.id())) {
                    firstLeased.add(entry.id());
                }
                if (oneIn(4)) {
                    continue;
                }
                List<OutboxEntry> follow = oneIn(5) ? notices() : List.of();
                try {
                    if (node.settle(lease, entry.id(), new Settlement.Done(follow))) {
                        assertTrue(done.add(entry.id()), entry.id() + " was done twice");
                        model.handedIn(follow);
                    }
                } catch (StoreRejectedException e) {
                    // Its lease ends.
                } catch (StoreException e) {
                    maybeDone.add(entry.id());
                    model.maybeHandedIn(follow);
                }
            }
        }

        /** Only if nothing else is under way, because a look takes some reads. */
        private void look(ForwardingStore node) {
            if (depth > 1) {
                return;
            }
            links.calm(() -> {
                for (String device : DEVICES) {
                    List<String> open =
                            node.grants(device).stream().map(Grant::id).toList();
                    assertEquals(model.grantsOf(device, time.get()), open);
                }
                assertEquals(model.epoch(), node.epoch());
            });
        }

        private void checkAll() {
            ForwardingStore node = nodes.get(0);
            checkJournal(node);
            look(node);
            checkOutbox(node);
            // A run ends the round of an earlier one, or breaks off on a busy machine.
            for (int runs = 0; runs < 20 && !pending().isEmpty(); runs++) {
                node.purgeOutbox(Duration.ofDays(1));
            }
            assertEquals(List.of(), pending());
            checkJournal(node);
            look(node);
        }

        private List<Grants.Cancel> pending() {
            return Grants.Shared.of(memory.read(List.of(Keys.SHARED)).get(Keys.SHARED))
                    .pending();
        }

        private void checkJournal(ForwardingStore node) {
            Set<String> ids = new HashSet<>();
            Map<JournalEntry.Kind, Set<String>> byKind = new HashMap<>();
            long cutRows = 0;
            for (ChainHead head : node.heads()) {
                List<JournalRow> rows = node.chain(head.chain(), 0, 1_000);
                ChainHead before = model.cutOf(head.chain());
                cutRows += before.sequence();
                for (JournalRow row : rows) {
                    assertEquals(before.append(row.entry()), row);
                    before = ChainHead.of(row);
                    assertTrue(ids.add(row.entry().id()), "twice");
                    byKind.computeIfAbsent(row.entry().kind(), kind -> new HashSet<>())
                            .add(row.entry().id());
                }
                assertEquals(head, before);
            }
            assertTrue(model.happened().containsAll(ids));
            assertEquals(model.happened().size(), ids.size() + cutRows);
            for (JournalEntry.Kind kind : List.of(JournalEntry.Kind.UNLOCK, JournalEntry.Kind.AUDIT)) {
                List<String> newest = node.journal(new JournalQuery(kind, null, null, 1_000)).stream()
                        .map(row -> row.entry().id())
                        .toList();
                assertEquals(byKind.getOrDefault(kind, Set.of()), new HashSet<>(newest));
                assertEquals(newest.size(), new HashSet<>(newest).size());
            }
        }

        private void checkOutbox(ForwardingStore node) {
            Set<String> drained = new LinkedHashSet<>();
            while (true) {
                time.updateAndGet(now -> now.plus(Duration.ofMinutes(2)));
                String lease = next("l");
                List<LeasedEntry> leased = node.lease(lease, Duration.ofMinutes(1), 100);
                if (leased.isEmpty()) {
                    break;
                }
                for (LeasedEntry entry : leased) {
                    String id = entry.entry().id();
                    if (!firstLeased.contains(id)) {
                        firstLeased.add(id);
                    }
                    assertTrue(node.settle(lease, id, new Settlement.Done(List.of())), id);
                    assertTrue(drained.add(id) && !done.contains(id), id + " was done twice");
                }
            }
            Set<String> known = new HashSet<>(drained);
            known.addAll(done);
            Set<String> all = new HashSet<>(known);
            all.addAll(maybeDone);
            assertTrue(all.containsAll(model.handed()), () -> "lost of " + model.handed() + ": has " + all);
            known.removeAll(model.maybeHanded());
            assertTrue(model.handed().containsAll(known), "made up");
            assertEquals(0, node.outboxStatus().waiting());
        }
    }
}
