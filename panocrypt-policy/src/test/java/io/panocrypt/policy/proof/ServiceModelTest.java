package io.panocrypt.policy.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random operations on the service and on a model of the contract; answers and states must be equal. */
class ServiceModelTest {
    private static final int OPERATIONS = 60;
    private static final int PARTS = 10;
    /** A few hundred sequences produce each of these; a generator that misses one proves less than it claims. */
    private static final Set<String> ALL = Set.of(
            "ALLOWED",
            "ALLOWED_ONCE",
            "APPROVED",
            "APPROVAL_PENDING",
            "NO_APPROVER",
            "SOURCE_NOT_ALLOWED",
            "RULE",
            "RULE_FAILED",
            "DISABLED",
            "PENDING_CONFIRMATION",
            "TEMPORARY_DENY",
            "LOCKDOWN",
            "REVOKED",
            "FORBIDDEN",
            "CONFLICT",
            "INVALID",
            "NOT_FOUND",
            "UNCONFIRMED:1",
            "UNCONFIRMED:2");

    private final long firstSeed = Long.getLong("panocrypt.seed", new Random().nextLong());

    private static Model start(LongFunction<Model> model) {
        return model.apply(new TestClock().instant().toEpochMilli()).furnished();
    }

    private static Sequence sequence(LongFunction<Model> model, Function<MemoryStore, ForwardingStore> store) {
        GlassCustody custody = new GlassCustody();
        return new Sequence(new Sequence.Sites() {
            @Override
            public Model model() {
                return start(model);
            }

            @Override
            public ServiceSite service() {
                TestClock clock = new TestClock();
                return new ServiceSite(clock, store.apply(new MemoryStore(clock, "node")), custody);
            }
        });
    }

    private static String again(long seed) {
        return "seed " + seed + ", again by -Dpanocrypt.seed=" + seed;
    }

    private static void assertNoDifference(long first, int sequences) {
        Sequence sequence = sequence(Model::new, ForwardingStore::new);
        for (long seed = first; seed < first + sequences; seed++) {
            assertEquals(Optional.empty(), sequence.firstDifference(Operations.of(seed, OPERATIONS)), again(seed));
        }
    }

    @Test
    void doesAsTheModelSays() {
        assertNoDifference(firstSeed, 20);
    }

    @Test
    void meetsEachAnswer() {
        Set<String> missed = new TreeSet<>(ALL);
        for (long seed = firstSeed; seed < firstSeed + 400; seed++) {
            Model model = start(Model::new);
            for (Operation operation : Operations.of(seed, OPERATIONS)) {
                missed.removeAll(List.of(operation.on(model).split("[ |]", 3)));
            }
        }
        assertEquals(Set.of(), missed, again(firstSeed));
    }

    /** Uses all processors, since no other class of this module has a long test. */
    @Test
    @Tag("long")
    void doesAsTheModelSaysThousandsOfTimes() {
        int each = Integer.getInteger("panocrypt.sequences", 4_000) / PARTS;
        IntStream.range(0, PARTS).parallel().forEach(part -> assertNoDifference(firstSeed + (long) part * each, each));
    }

    /** Tests the test: a few hundred sequences detect each broken sentence of the contract. */
    @Nested
    class OfWhatIsBroken {
        private static final int SEQUENCES = 400;

        private void assertDifference(Sequence sequence) {
            for (long seed = firstSeed; seed < firstSeed + SEQUENCES; seed++) {
                if (sequence.difference(Operations.of(seed, OPERATIONS)).isPresent()) {
                    return;
                }
            }
            fail("nothing found by " + SEQUENCES + " sequences from " + again(firstSeed));
        }

        @ParameterizedTest
        @EnumSource(
                mode = EnumSource.Mode.EXCLUDE,
                names = {"DILUTES_A_QUORUM", "ASKS_ALTHOUGH_THE_ALLOWANCE_SKIPS_RULES", "LETS_EVERY_GROUP_ASK"})
        void findsTheModelThatSaysSomethingElse(ModelMutant mutant) {
            assertDifference(sequence(mutant::at, ForwardingStore::new));
        }

        /** Some hundred sequences are needed for these. */
        @ParameterizedTest
        @Tag("long")
        @EnumSource(names = {"DILUTES_A_QUORUM", "ASKS_ALTHOUGH_THE_ALLOWANCE_SKIPS_RULES", "LETS_EVERY_GROUP_ASK"})
        void findsTheModelThatSeldomSaysSomethingElse(ModelMutant mutant) {
            assertDifference(sequence(mutant::at, ForwardingStore::new));
        }

        @ParameterizedTest
        @EnumSource
        void findsTheServiceThatIsBroken(ServiceMutant mutant) {
            assertDifference(sequence(Model::new, mutant::around));
        }

        @Test
        void tellsItInFewOperations() {
            Sequence broken = sequence(Model::new, ServiceMutant.SPENDS_NOTHING::around);
            for (long seed = firstSeed; seed < firstSeed + SEQUENCES; seed++) {
                List<Operation> operations = Operations.of(seed, OPERATIONS);
                Optional<Sequence.Difference> found = broken.firstDifference(operations);
                if (found.isPresent()) {
                    String told = found.get().toString();
                    assertTrue(found.get().operations().size() <= 6, told);
                    assertTrue(told.contains("\nexpected ") && told.contains("\nobserved "), told);
                    return;
                }
            }
            fail("nothing found by " + SEQUENCES + " sequences from " + again(firstSeed));
        }
    }
}
