package io.panocrypt.testkit.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.RuleNames;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every {@link UnlockRule} must do so that the service never counts it as failed. Extend it and make your rule; each
 * test's display name begins with its rule.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>U1</td><td>its name has 1 to 40 characters of {@code [a-z0-9-]} and never changes</td></tr>
 * <tr><td>U2</td><td>it answers about any device, also one of which nothing is known</td></tr>
 * <tr><td>U3</td><td>it answers many threads at once</td></tr>
 * <tr><td>U4</td><td>it answers in bounded time</td></tr>
 * </table>
 */
@ExtendWith(RuleNames.class)
@SuppressWarnings("exports") // only JUnit uses the extension
public abstract class UnlockRuleContract {
    private static final Instant TIME = Instant.parse("2026-03-29T01:59:59.987Z");
    private static final int THREADS = 16;
    private static final int CALLS = 50;

    /** Called by subclasses. */
    protected UnlockRuleContract() {}

    /** Makes a rule. */
    protected abstract UnlockRule rule();

    /**
     * How long an answer may take beyond the 250 ms that all rules of a service have together; {@link TestTimeout#MAX} unless
     * overridden, because the machine may be busy.
     */
    protected Duration slack() {
        return TestTimeout.MAX;
    }

    private static RuleInput input(
            String name, Set<String> tags, Optional<String> source, Instant time, Optional<Instant> last) {
        return new RuleInput(
                "01jd9x4m7k-2f", name, new TreeSet<>(tags), source.map(IpAddress::parse), time, last, last);
    }

    /** Devices of all kinds, at all times. */
    static Stream<RuleInput> inputs() {
        Optional<Instant> never = Optional.empty();
        return Stream.of(
                input("web-1", Set.of(), Optional.empty(), TIME, never),
                input("web-1", Set.of("prod", "site=izmir"), Optional.of("192.0.2.1"), TIME, Optional.of(TIME)),
                input("a".repeat(63), Set.of("prod"), Optional.of("2001:db8::1"), Instant.EPOCH, never),
                // Clocks may be set back.
                input("0", Set.of("prod"), Optional.of("10.0.0.1"), TIME, Optional.of(TIME.plusSeconds(3_600))),
                input("x.y", Set.of("prod"), Optional.of("::1"), TIME, Optional.of(Instant.EPOCH)));
    }

    @Test
    @DisplayName("U1 its name is valid and never changes")
    void hasAName() {
        UnlockRule rule = rule();
        String name = rule.name();
        assertTrue(name.matches("[a-z0-9-]{1,40}"), "not a name: " + name);
        inputs().forEach(rule::evaluate);
        assertEquals(name, rule.name());
        assertEquals(name, rule().name());
    }

    @ParameterizedTest
    @MethodSource("inputs")
    @DisplayName("U2 it answers about any device")
    void answersAboutAnyDevice(RuleInput input) {
        assertNotNull(rule().evaluate(input), "no answer");
    }

    @Test
    @DisplayName("U3 it answers many threads at once")
    void answersManyThreads() throws Exception {
        UnlockRule rule = rule();
        List<RuleInput> all = inputs().toList();
        Callable<Boolean> asking = () -> IntStream.range(0, CALLS)
                .mapToObj(i -> rule.evaluate(all.get(i % all.size())))
                .allMatch(Verdict.class::isInstance);
        assertTrue(
                Parallel.run(IntStream.range(0, THREADS).mapToObj(i -> asking).toList()).stream()
                        .allMatch(answered -> answered),
                "no answer");
    }

    @ParameterizedTest
    @MethodSource("inputs")
    @DisplayName("U4 it answers in bounded time")
    void answersInTime(RuleInput input) throws Exception {
        UnlockRule rule = rule();
        FutureTask<Verdict> answer = new FutureTask<>(() -> rule.evaluate(input));
        Thread thread = new Thread(answer, "rule");
        thread.setDaemon(true);
        thread.start();
        try {
            answer.get(Duration.ofMillis(250).plus(slack()).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer in time", e);
        } finally {
            answer.cancel(true);
        }
    }
}
