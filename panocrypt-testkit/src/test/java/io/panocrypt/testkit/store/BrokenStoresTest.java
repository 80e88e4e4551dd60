package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;

/** The test of the check: each broken store must fail the rules that it breaks. */
class BrokenStoresTest {
    private static final List<BrokenStore> ALL = Stream.<BrokenStore[]>of(
                    BrokenCommits.values(),
                    BrokenReads.values(),
                    BrokenCuts.values(),
                    BrokenOutboxes.values(),
                    BrokenEdits.values(),
                    BrokenNodes.values())
            .flatMap(Stream::of)
            .toList();

    private static final AtomicReference<@Nullable BrokenStore> SUBJECT = new AtomicReference<>();

    /** Not a test class of its own: only the engine below runs it. */
    static final class Decisions extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws Exception {
            return subject(clock);
        }
    }

    /** Not a test class of its own: only the engine below runs it. */
    static final class Policies extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws Exception {
            return subject(clock);
        }
    }

    /** Not a test class of its own: only the engine below runs it. */
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

    /** Lest a broken store fail because of what the tests put around it. */
    @Test
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

    /** Which of the rules the store fails. */
    private static Set<String> failed(BrokenStore store, Set<String> rules) {
        SUBJECT.set(store);
        Set<String> failed = new TreeSet<>();
        EngineTestKit.engine("junit-jupiter").selectors(selectors(rules)).execute().allEvents().stream()
                .filter(BrokenStoresTest::failed)
                .forEach(event -> failed.add(rule(event)));
        SUBJECT.set(null);
        return failed;
    }

    /** The methods that test these rules. */
    private static List<MethodSelector> selectors(Set<String> rules) {
        List<MethodSelector> selectors = new ArrayList<>();
        for (Class<?> contract : List.of(Decisions.class, Policies.class, Services.class)) {
            for (Class<?> type = contract; type != Object.class; type = type.getSuperclass()) {
                for (Method method : type.getDeclaredMethods()) {
                    if (method.isAnnotationPresent(DisplayName.class) && rules.contains(rule(method))) {
                        selectors.add(selectMethod(contract, method));
                    }
                }
            }
        }
        return selectors;
    }

    private static boolean failed(Event event) {
        return event.getType() == EventType.FINISHED
                && event.getTestDescriptor().isTest()
                && event.getPayload(TestExecutionResult.class)
                        .filter(result -> result.getStatus() == Status.FAILED)
                        .isPresent();
    }

    private static String rule(Event event) {
        MethodSource source =
                (MethodSource) event.getTestDescriptor().getSource().orElseThrow();
        return rule(source.getJavaMethod());
    }

    private static String rule(Method method) {
        return method.getAnnotation(DisplayName.class).value().split(" ", 2)[0];
    }
}
