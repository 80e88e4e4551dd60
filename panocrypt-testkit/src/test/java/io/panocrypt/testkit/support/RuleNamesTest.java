package io.panocrypt.testkit.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

class RuleNamesTest {
    /** Not a test class: only the engine below runs it. */
    @ExtendWith(RuleNames.class)
    static final class Rules {
        @Test
        @DisplayName("X1 fails")
        void fails() {
            assertEquals(1, 2);
        }

        @ParameterizedTest
        @DisplayName("X2 fails for each")
        @ValueSource(ints = 7)
        void failsForEach(int number) {
            throw new IllegalStateException("no " + number);
        }

        @Test
        @DisplayName("X3 does not matter here")
        void isAborted() {
            assumeTrue(false, "not here");
        }

        @Test
        void hasNoName() {
            throw new IllegalStateException("nameless");
        }
    }

    /** Like a contract, with rules in groups. */
    @ExtendWith(RuleNames.class)
    abstract static class Contract {
        @Nested
        class Group {
            @Test
            @DisplayName("X4 fails in a group")
            void failsInAGroup() {
                assertEquals(1, 2);
            }
        }
    }

    /** Not a test class: only the engine below runs it. */
    static final class Subject {
        @Nested
        class AsOne extends Contract {}
    }

    @Test
    void namesTheTestClassThatInheritsTheGroup() {
        assertEquals(
                List.of("X4 fails in a group (Subject.AsOne): expected: <1> but was: <2>"),
                List.copyOf(messages(Subject.class).keySet()));
    }

    @Test
    void beginsEachFailureAndEachSkippedTestWithItsRule() {
        Map<String, String> messages = messages(Rules.class);
        assertEquals(
                List.of(
                        "X1 fails: expected: <1> but was: <2>",
                        "X2 fails for each: no 7",
                        "X3 does not matter here: Assumption failed: not here",
                        "nameless"),
                List.copyOf(messages.keySet()));
        assertEquals("TestAbortedException", messages.get("X3 does not matter here: Assumption failed: not here"));
    }

    /** The messages of the class's failed and skipped tests, with the type of the exception. */
    private static Map<String, String> messages(Class<?> tests) {
        Map<String, String> messages = new TreeMap<>();
        EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(tests))
                .execute()
                .testEvents()
                .finished()
                .stream()
                .forEach(event -> event.getPayload(TestExecutionResult.class)
                        .flatMap(TestExecutionResult::getThrowable)
                        .ifPresent(failure -> {
                            messages.put(
                                    String.valueOf(failure.getMessage()),
                                    failure.getClass().getSimpleName());
                            assertFalse(
                                    failure.getStackTrace()[0].getClassName().endsWith(".RuleNames"));
                        }));
        return messages;
    }
}
