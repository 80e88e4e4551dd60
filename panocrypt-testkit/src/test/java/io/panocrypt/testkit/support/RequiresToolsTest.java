package io.panocrypt.testkit.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
final class RequiresToolsTest {

    @RequiresTools({"sh", "no-such-program-1", "/no/such/program-2"})
    static final class Missing {
        @Test
        void runs() {
            assertTrue(true, "never reached");
        }
    }

    /** Like a contract, with rules in groups. */
    abstract static class Contract {
        @Nested
        class Group {
            @Test
            void runs() {
                assertTrue(true, "never reached");
            }
        }
    }

    @RequiresTools("no-such-program-1")
    static final class MissingForAContract extends Contract {}

    @RequiresTools("sh")
    static final class Present {
        @Test
        void runs() {
            assertTrue(true, "reached");
        }
    }

    @Test
    void skipsAndNamesEveryMissingProgram() {
        assertSkipped("missing tools: no-such-program-1, /no/such/program-2", Missing.class);
    }

    @Test
    void skipsTheGroupsOfAContract() {
        assertSkipped("missing tools: no-such-program-1", MissingForAContract.class);
    }

    private static void assertSkipped(String reason, Class<?> test) {
        EngineExecutionResults results = run(test, "false");
        assertEquals(
                List.of(reason),
                results.containerEvents().skipped().stream()
                        .map(event -> event.getRequiredPayload(String.class))
                        .toList());
        assertEquals(0, results.testEvents().started().count());
    }

    @Test
    void failsWhereToolsAreRequired() {
        EngineExecutionResults results = run(Missing.class, "true");
        String cause = results.containerEvents().failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .map(RequiresToolsTest::messages)
                .findFirst()
                .orElse("not failed");
        assertTrue(cause.contains("missing tools: no-such-program-1, /no/such/program-2"), cause);
        assertEquals(0, results.testEvents().started().count());
    }

    @Test
    void runsWhereToolsArePresent() {
        assertEquals(1, run(Present.class, "true").testEvents().succeeded().count());
    }

    private static String messages(Throwable thrown) {
        StringBuilder all = new StringBuilder();
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            all.append(at.getMessage()).append('\n');
        }
        return all.toString();
    }

    private static EngineExecutionResults run(Class<?> test, String required) {
        String before = System.getProperty(RequiresToolsCondition.REQUIRE_PROPERTY, "false");
        System.setProperty(RequiresToolsCondition.REQUIRE_PROPERTY, required);
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(test))
                    .execute();
        } finally {
            System.setProperty(RequiresToolsCondition.REQUIRE_PROPERTY, before);
        }
    }
}
