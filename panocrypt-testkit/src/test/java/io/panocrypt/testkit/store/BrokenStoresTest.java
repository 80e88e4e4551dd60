package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Tests the contracts: each broken store must fail the rules that it violates. */
class BrokenStoresTest {
    private static final List<BrokenStore> ALL = Stream.<BrokenStore[]>of(
                    BrokenCommits.values(),
                    BrokenReads.values(),
                    BrokenCuts.values(),
                    BrokenRestores.values(),
                    BrokenOutboxes.values(),
                    BrokenEdits.values(),
                    BrokenNodes.values())
            .flatMap(Stream::of)
            .toList();

    private static final AtomicReference<@Nullable BrokenStore> SUBJECT = new AtomicReference<>();

    /** Not a test class: only the engine below runs it. */
    static final class Stores extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws Exception {
            return subject(clock);
        }
    }

    /** Not a test class: only the engine below runs it. */
    static final class Services extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws Exception {
            return subject(clock);
        }
    }

    private static StoreFixture subject(MutableClock clock) throws Exception {
        BrokenStore subject = SUBJECT.get();
        assumeTrue(subject != null, "only BrokenStoresTest runs this");
        return Objects.requireNonNull(subject).fixture(clock);
    }

    @Test
    void showsEachRuleOfAStoreFire() {
        Set<String> shown = new TreeSet<>();
        ALL.forEach(broken -> shown.addAll(broken.violated()));
        shown.removeIf(rule -> rule.startsWith("R"));
        assertEquals(ContractDocumentTest.checked(), shown);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void failsTheRulesItBreaks(BrokenStore broken) {
        Set<String> violated = new TreeSet<>(broken.violated());
        assertEquals(violated, failed(broken, violated));
    }

    /** Ensures that broken stores do not fail because of the test's own wrapper. */
    @Test
    @Tag("long")
    void failsNoRuleWithoutAMistake() {
        BrokenStore right = new BrokenStore() {
            @Override
            public String rules() {
                return "";
            }

            @Override
            public StoreFixture fixture(MutableClock clock) throws SQLException {
                return new SpoiltFixture(new H2Fixture(clock), (store, node) -> new ForwardingStore(store));
            }
        };
        assertEquals(Set.of(), failed(right, ContractDocumentTest.checked()));
    }

    /** The rules that the store fails. */
    private static Set<String> failed(BrokenStore store, Set<String> rules) {
        SUBJECT.set(store);
        Set<String> failed = RuleMethod.failed(Stream.of(Stores.class, Services.class)
                .flatMap(contract -> RuleMethod.of(contract).stream())
                .filter(test -> rules.contains(test.rule()))
                .toList());
        SUBJECT.set(null);
        return failed;
    }
}
