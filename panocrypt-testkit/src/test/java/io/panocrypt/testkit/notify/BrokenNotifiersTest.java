package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.testkit.RuleMethod;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the contract: each broken notifier must fail the rule that it violates, and the correct one must fail none. */
class BrokenNotifiersTest {
    private static final AtomicReference<@Nullable BrokenNotifiers> SUBJECT = new AtomicReference<>();

    /** Not a test class: only the engine below runs it. */
    static final class Broken extends NotifierContract {
        @Override
        protected NotifierFixture open() {
            BrokenNotifiers subject = SUBJECT.get();
            assumeTrue(subject != null, "only BrokenNotifiersTest runs this");
            return Objects.requireNonNull(subject).open();
        }

        /** Short, because the hanging notifier never ends. */
        @Override
        protected Duration slack() {
            return Duration.ZERO;
        }
    }

    @Nested
    class TheSoundOne extends NotifierContract {
        @Override
        protected NotifierFixture open() {
            return new MemoryChannel();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsTheRuleItBreaks(BrokenNotifiers broken) {
        SUBJECT.set(broken);
        Set<String> failed = RuleMethod.failed(RuleMethod.of(Broken.class).stream()
                .filter(test -> test.rule().equals(broken.violated()))
                .toList());
        SUBJECT.set(null);
        assertEquals(Set.of(broken.violated()), failed);
    }

    @Test
    void showsEveryRuleAViolation() {
        assertEquals(RuleMethod.rulesOf(NotifierContract.class), new HashSet<>(BrokenNotifiers.rules()));
    }
}
