package io.panocrypt.testkit.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.rule.Liveness;
import io.panocrypt.policy.rule.Otherwise;
import io.panocrypt.policy.rule.UnlockWindows;
import io.panocrypt.policy.rule.WeeklyWindow;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the contract: each broken rule must fail what it violates, and the rules that ship must fail nothing. */
class BrokenRulesTest {
    private static final AtomicReference<@Nullable Broken> SUBJECT = new AtomicReference<>();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private record Rule(String name, Function<RuleInput, Verdict> answers) implements UnlockRule {
        @Override
        public Verdict evaluate(RuleInput input) {
            return answers.apply(input);
        }
    }

    /** Fails as soon as two threads are in it. */
    private static Function<RuleInput, Verdict> alone() {
        CountDownLatch two = new CountDownLatch(2);
        return input -> {
            two.countDown();
            try {
                if (two.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("two at once, says the test");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Verdict.abstain();
        };
    }

    private static Verdict hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Verdict.abstain();
    }

    enum Broken {
        HAS_NO_NAME("U1", () -> new Rule("", input -> Verdict.abstain())),
        HAS_A_LONG_NAME("U1", () -> new Rule("x".repeat(41), input -> Verdict.abstain())),
        CHANGES_ITS_NAME("U1", () -> new Rule("rule-" + NUMBER.incrementAndGet(), input -> Verdict.abstain())),
        @SuppressWarnings("NullAway")
        ANSWERS_NULL("U2", () -> new Rule("broken", input -> null)),
        NEEDS_A_SOURCE(
                "U2",
                () -> new Rule("broken", input -> {
                    input.source().orElseThrow();
                    return Verdict.abstain();
                })),
        NEEDS_A_LAST_UNLOCK(
                "U2",
                () -> new Rule("broken", input -> {
                    input.lastUnlock().orElseThrow();
                    return Verdict.abstain();
                })),
        IS_FOR_ONE_THREAD("U3", () -> new Rule("broken", alone())),
        HANGS("U4", () -> new Rule("broken", input -> hang()));

        private final String violated;
        private final Supplier<UnlockRule> maker;

        Broken(String violated, Supplier<UnlockRule> maker) {
            this.violated = violated;
            this.maker = maker;
        }
    }

    /** Not a test class: only the engine below runs it. */
    static final class OnBroken extends UnlockRuleContract {
        @Override
        protected UnlockRule rule() {
            Broken subject = SUBJECT.get();
            assumeTrue(subject != null, "only BrokenRulesTest runs this");
            return Objects.requireNonNull(subject).maker.get();
        }

        @Override
        protected Duration slack() {
            return Duration.ZERO;
        }
    }

    @Nested
    class OnUnlockWindows extends UnlockRuleContract {
        @Override
        protected UnlockRule rule() {
            return new UnlockWindows(
                    "unlock-window",
                    Set.of("prod"),
                    List.of(WeeklyWindow.parse("Sun 01:00-03:00")),
                    ZoneId.of("Europe/Berlin"),
                    Otherwise.ASK);
        }
    }

    @Nested
    class OnLiveness extends UnlockRuleContract {
        @Override
        protected UnlockRule rule() {
            return new Liveness("liveness", Set.of("prod"), Liveness.MIN, Otherwise.DENY);
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsWhatItBreaks(Broken broken) {
        SUBJECT.set(broken);
        Set<String> failed = RuleMethod.failed(RuleMethod.of(OnBroken.class).stream()
                .filter(test -> test.rule().equals(broken.violated))
                .toList());
        SUBJECT.set(null);
        assertEquals(Set.of(broken.violated), failed);
    }

    @Test
    void showsEveryRuleAViolation() {
        assertEquals(
                RuleMethod.rulesOf(UnlockRuleContract.class),
                Arrays.stream(Broken.values()).map(broken -> broken.violated).collect(Collectors.toSet()));
    }
}
