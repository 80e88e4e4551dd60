package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules E17 to E21: writes at the same time, on one node and on two. */
abstract class ConcurrentWriteRules extends EntryRules {
    private static final int THREADS = 8;
    private static final int ROUNDS = 10;

    ConcurrentWriteRules(Opener opener) {
        super(opener);
    }

    /** One node or two; threads use them in turn. */
    private List<EntryStore> nodes(int count) throws Exception {
        return count == 1 ? List.of(store()) : List.of(store(), anotherNode());
    }

    @ParameterizedTest(name = "E17 {0} nodes")
    @DisplayName("E17 of N writes at once that create a key exactly one succeeds")
    @ValueSource(ints = {1, 2})
    void createsAKeyOnce(int count) throws Exception {
        List<EntryStore> nodes = nodes(count);
        for (int round = 0; round < ROUNDS; round++) {
            String key = "key-" + round;
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                EntryStore node = nodes.get(thread % nodes.size());
                EntryMutation mine = put(key, "thread-" + thread);
                tasks.add(() -> node.write(List.of(absent(key)), List.of(mine)));
            }
            List<Boolean> created = Parallel.run(tasks);
            assertEquals(1, Collections.frequency(created, true), "writes that created the key");
            assertEquals("thread-" + created.indexOf(true), contents().get(key));
        }
    }

    @ParameterizedTest(name = "E18 {0} nodes")
    @DisplayName("E18 no conditional replacement is lost to another")
    @ValueSource(ints = {1, 2})
    void losesNoReplacement(int count) throws Exception {
        List<EntryStore> nodes = nodes(count);
        write(put("counter", "0"));
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            EntryStore node = nodes.get(thread % nodes.size());
            tasks.add(() -> {
                int last = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    last = increment(node);
                }
                return last;
            });
        }
        assertEquals(THREADS * ROUNDS, Collections.max(Parallel.run(tasks)), "the number of increments");
        assertEquals(THREADS * ROUNDS + 1, increment(store()));
    }

    /** Increments by conditional replacement, as often as it takes. */
    private static int increment(EntryStore node) {
        while (!Thread.interrupted()) {
            StoreEntry found = entry(node, "counter");
            int next = Integer.parseInt(found.value()) + 1;
            if (node.write(List.of(unchanged(found)), List.of(put("counter", Integer.toString(next))))) {
                return next;
            }
        }
        throw new AssertionError("no increment within the test's time");
    }

    @ParameterizedTest(name = "E19 {0} nodes")
    @DisplayName("E19 conditions on keys that the write leaves alone hold at the moment of the write")
    @ValueSource(ints = {1, 2})
    void holdsConditionsOnOtherKeys(int count) throws Exception {
        List<EntryStore> nodes = nodes(count);
        for (int round = 0; round < ROUNDS; round++) {
            String left = "left-" + round;
            String right = "right-" + round;
            assertOneOfTwo(nodes, left, absent(left), right, absent(right));
            write(put(left, ""), put(right, ""));
            assertOneOfTwo(nodes, left, unchanged(entry(left)), right, unchanged(entry(right)));
        }
    }

    /** Each of two writes changes the key on which the other one depends, so only one can come first. */
    private static void assertOneOfTwo(
            List<EntryStore> nodes, String left, EntryCondition ofLeft, String right, EntryCondition ofRight)
            throws Exception {
        EntryStore one = nodes.get(0);
        EntryStore other = nodes.get(nodes.size() - 1);
        List<Callable<Boolean>> tasks = List.of(
                () -> one.write(List.of(ofLeft), List.of(put(right, "changed"))),
                () -> other.write(List.of(ofRight), List.of(put(left, "changed"))));
        assertEquals(1, Collections.frequency(Parallel.run(tasks), true), "writes that depend on each other's key");
    }

    @ParameterizedTest(name = "E20 {0} nodes")
    @DisplayName("E20 writes do not interrupt each other")
    @ValueSource(ints = {1, 2})
    void writesInOneStep(int count) throws Exception {
        List<EntryStore> nodes = nodes(count);
        for (int round = 0; round < ROUNDS; round++) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                EntryStore node = nodes.get(thread % nodes.size());
                String mine = "thread-" + thread;
                tasks.add(() ->
                        node.write(List.of(absent("never")), List.of(put("a", mine), put("b", mine), put("c", mine))));
            }
            assertEquals(List.of(true, true), Parallel.run(tasks));
            Map<String, String> left = contents();
            assertEquals(left.get("a"), left.get("b"), "the keys hold parts of two writes");
            assertEquals(left.get("a"), left.get("c"), "the keys hold parts of two writes");
        }
    }

    @Test
    @DisplayName("E21 a write confirms versions that were read only if they were there at one moment")
    void confirmsOnlyWhatWasThereAtOneMoment() throws Exception {
        write(put("a", "0"), put("b", "0"));
        AtomicInteger numbers = new AtomicInteger();
        Together.repeat(
                () -> {
                    String next = Integer.toString(numbers.incrementAndGet());
                    write(put("a", next), put("b", next));
                },
                () -> {
                    Map<String, StoreEntry> found = store().read(List.of("a", "b"));
                    List<EntryCondition> unchanged = new ArrayList<>();
                    found.values().forEach(entry -> unchanged.add(unchanged(entry)));
                    if (store().write(unchanged, List.of())) {
                        List<String> values = found.values().stream()
                                .map(StoreEntry::value)
                                .distinct()
                                .toList();
                        assertEquals(1, values.size(), () -> "half of a write was confirmed: " + values);
                    }
                });
    }
}
