package io.panocrypt.testkit.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.RulePage;
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

/** Tests the contract: each broken custody must fail the rule that it violates, and no other; the latter takes long. */
class BrokenCustodiesTest {
    private static final AtomicReference<@Nullable BrokenCustodies> SUBJECT = new AtomicReference<>();

    /** Not a test class: only the engine below runs it. */
    static final class Broken extends KeyCustodyContract {
        @Override
        protected CustodyFixture open() throws IOException {
            BrokenCustodies subject = SUBJECT.get();
            assumeTrue(subject != null, "only BrokenCustodiesTest runs this");
            return Objects.requireNonNull(subject).open();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsTheRuleItBreaks(BrokenCustodies broken) {
        assertEquals(Set.of(broken.rule()), failed(broken, Set.of(broken.rule())));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void failsNoOtherRule(BrokenCustodies broken) {
        assertEquals(Set.of(broken.rule()), failed(broken, RuleMethod.rulesOf(KeyCustodyContract.class)));
    }

    /** Which of the rules the custody fails. */
    private static Set<String> failed(BrokenCustodies broken, Set<String> rules) {
        SUBJECT.set(broken);
        Set<String> failed = RuleMethod.failed(RuleMethod.of(Broken.class).stream()
                .filter(test -> rules.contains(test.rule()))
                .toList());
        SUBJECT.set(null);
        return failed;
    }

    @Test
    void showsEveryRuleAViolation() {
        Set<String> broken =
                Stream.of(BrokenCustodies.values()).map(BrokenCustodies::rule).collect(Collectors.toSet());
        assertEquals(RuleMethod.rulesOf(KeyCustodyContract.class), broken);
    }

    @Test
    void findsEachRuleExplainedOnThePage() throws IOException {
        assertEquals(RuleMethod.rulesOf(KeyCustodyContract.class), RulePage.explained("custody-contract.md"));
    }
}
