package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.RulePage;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the contract: each broken entry store must fail the rules that it violates, and no other; the latter takes long.
 */
class BrokenEntryStoresTest {
    private static final AtomicReference<@Nullable BrokenEntryStores> SUBJECT = new AtomicReference<>();

    /** Not a test class: only the engine below runs it. */
    static final class Broken extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            BrokenEntryStores subject = SUBJECT.get();
            assumeTrue(subject != null, "only BrokenEntryStoresTest runs this");
            return Objects.requireNonNull(subject).open(clock);
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsTheRulesItBreaks(BrokenEntryStores broken) {
        assertEquals(broken.violated(), failed(broken, broken.violated()));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void failsNoOtherRule(BrokenEntryStores broken) {
        assertEquals(broken.violated(), failed(broken, RuleMethod.rulesOf(EntryStoreContract.class)));
    }

    /** Which of the rules the store fails. */
    private static Set<String> failed(BrokenEntryStores broken, Set<String> rules) {
        SUBJECT.set(broken);
        Set<String> failed = RuleMethod.failed(RuleMethod.of(Broken.class).stream()
                .filter(test -> rules.contains(test.rule()))
                .toList());
        SUBJECT.set(null);
        return failed;
    }

    @Test
    void showsEveryRuleAViolationOfItAlone() {
        Set<String> alone = Stream.of(BrokenEntryStores.values())
                .map(BrokenEntryStores::violated)
                .filter(rules -> rules.size() == 1)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
        assertEquals(RuleMethod.rulesOf(EntryStoreContract.class), alone);
    }

    @Test
    void findsEachRuleExplainedOnThePage() throws IOException {
        assertEquals(RuleMethod.rulesOf(EntryStoreContract.class), RulePage.explained("entry-contract.md"));
    }
}
