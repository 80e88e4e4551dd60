package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The test of the check: each broken notifier must fail the rule that it breaks, and the sound one none. */
class BrokenNotifiersTest {
    private static final AtomicReference<@Nullable BrokenNotifiers> SUBJECT = new AtomicReference<>();

    /** Not a test class of its own: only the engine below runs it. */
    static final class Broken extends NotifierContract {
        @Override
        protected NotifierFixture open() {
            BrokenNotifiers subject = SUBJECT.get();
            assumeTrue(subject != null, "only BrokenNotifiersTest runs this");
            return Objects.requireNonNull(subject).open();
        }

        /** The one that hangs does so for ever. */
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
        long failed = EngineTestKit.engine("junit-jupiter")
                .selectors(methods()
                        .filter(method -> rule(method).equals(broken.violated()))
                        .map(method -> selectMethod(Broken.class, method))
                        .toArray(MethodSelector[]::new))
                .execute()
                .testEvents()
                .failed()
                .count();
        SUBJECT.set(null);
        assertTrue(failed > 0, () -> broken + " passes " + broken.violated());
    }

    @Test
    void showsEveryRuleAViolation() {
        Set<String> rules = methods().map(BrokenNotifiersTest::rule).collect(Collectors.toSet());
        assertEquals(rules, new HashSet<>(BrokenNotifiers.rules()));
    }

    private static Stream<Method> methods() {
        return List.of(NotifierContract.class.getDeclaredMethods()).stream()
                .filter(method -> method.isAnnotationPresent(DisplayName.class));
    }

    private static String rule(Method method) {
        return method.getAnnotation(DisplayName.class).value().split(" ", 2)[0];
    }
}
