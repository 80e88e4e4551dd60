package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DryRun;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private final TestPeople people = new TestPeople();
    private final TestService house = people.house;
    private final Device device = people.server;
    private final List<RuleInput> inputs = new ArrayList<>();
    private final BlockingQueue<DecisionEvent> heard = new LinkedBlockingQueue<>();
    private final List<Panocrypt> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Panocrypt::close);
        people.close();
    }

    private record Rule(String name, Function<RuleInput, Verdict> answers) implements UnlockRule {
        @Override
        public Verdict evaluate(RuleInput input) {
            return answers.apply(input);
        }
    }

    private UnlockRule rule(String name, Verdict verdict) {
        return new Rule(name, input -> {
            inputs.add(input);
            return verdict;
        });
    }

    private Panocrypt open(ForwardingStore store, Duration timeout, UnlockRule... rules) {
        Panocrypt.Builder builder = Panocrypt.builder()
                .store(store)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(TestService.TIMEOUT)
                .limits(TestTimeout.SERVICE)
                .listener(heard::add)
                .ruleTimeout(timeout);
        for (UnlockRule rule : rules) {
            builder.rule(rule);
        }
        Panocrypt service = builder.build();
        opened.add(service);
        return service;
    }

    private Panocrypt open(UnlockRule... rules) {
        return open(new ForwardingStore(house.memory), TestTimeout.MAX, rules);
    }

    private UnlockResult unlock(Panocrypt service, String source) {
        return service.unlock(TestService.attempt(device, source));
    }

    private DryRun dryRun(Panocrypt service, String source) {
        return service.dryRun(device.id(), IpAddress.parse(source));
    }

    private UnlockRecord newest(Panocrypt service) {
        return service.history().unlocks(device.id(), null, 1).items().get(0);
    }

    private void assertFailed(Panocrypt service, String rule, String how) {
        assertEquals(new UnlockResult.Refused(Reason.RULE_FAILED), unlock(service, HOME));
        assertEquals(Optional.of(new RuleFinding(rule, how)), newest(service).rule());
        assertEquals(GateResult.FAIL, newest(service).gates().get(Gate.RULE));
    }

    @Nested
    class Decide {
        @Test
        void allowsWhatAllAbstainFrom() {
            Panocrypt service = open(rule("one", Verdict.abstain()), rule("two", Verdict.abstain()));
            assertInstanceOf(UnlockResult.Answered.class, unlock(service, HOME));
            assertEquals(Optional.empty(), newest(service).rule());
            assertEquals(GateResult.PASS, newest(service).gates().get(Gate.RULE));
        }

        @Test
        void refusesWhatOneDenies() throws InterruptedException {
            Panocrypt service = open(rule("one", Verdict.abstain()), rule("night", Verdict.deny("it is night")));
            Optional<RuleFinding> night = Optional.of(new RuleFinding("night", "it is night"));
            assertEquals(Reason.RULE, dryRun(service, HOME).reason());
            assertEquals(night, dryRun(service, HOME).rule());
            assertEquals(new UnlockResult.Refused(Reason.RULE), unlock(service, HOME));
            assertEquals(night, newest(service).rule());
            assertEquals(GateResult.FAIL, newest(service).gates().get(Gate.RULE));
            assertEquals(GateResult.NOT_REACHED, newest(service).gates().get(Gate.APPROVAL));
            DecisionEvent.Decided event = assertInstanceOf(
                    DecisionEvent.Decided.class, heard.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(Reason.RULE, event.reason());
            assertEquals(Optional.of("night"), event.rule());
        }

        @Test
        void aggregatesRefusalsOfEachRule() {
            List<Verdict> verdicts = new ArrayList<>(List.of(Verdict.abstain()));
            Panocrypt service = open(new Rule("one", input -> verdicts.get(0)), rule("two", Verdict.deny("no")));
            unlock(service, HOME);
            unlock(service, HOME);
            verdicts.set(0, Verdict.deny("never"));
            unlock(service, HOME);
            List<String> rules = service.history().unlocks(device.id(), null, 10).items().stream()
                    .map(row -> row.rule().orElseThrow().rule() + " " + row.count())
                    .sorted()
                    .toList();
            assertEquals(List.of("one 1", "two 1", "two 1"), rules);
        }

        @Test
        void denyBeforeTheyAskAndTheFirstOfTwoThatAsk() {
            Verdict ask = Verdict.requireApproval("first");
            Panocrypt asking = open(rule("one", ask), rule("two", Verdict.requireApproval("second")));
            assertEquals(
                    Optional.of(new RuleFinding("one", "first")),
                    dryRun(asking, HOME).rule());
            Panocrypt denying = open(rule("one", ask), rule("two", Verdict.deny("no")));
            assertEquals(Reason.RULE, dryRun(denying, HOME).reason());
            assertEquals("two", dryRun(denying, HOME).rule().orElseThrow().rule());
        }

        @Test
        void areToldWhatTheyNeed() {
            Panocrypt service = open(rule("one", Verdict.abstain()));
            unlock(service, HOME);
            assertTrue(service.alive(device.token(), TestService.address(HOME)));
            Instant first = house.clock.instant();
            house.clock.advance(Duration.ofHours(1));
            unlock(service, HOME);
            assertEquals(
                    List.of(
                            new RuleInput(
                                    device.id(),
                                    "web-1",
                                    new TreeSet<>(Set.of("prod", "web")),
                                    TestService.address(HOME),
                                    first,
                                    Optional.empty(),
                                    Optional.empty()),
                            new RuleInput(
                                    device.id(),
                                    "web-1",
                                    new TreeSet<>(Set.of("prod", "web")),
                                    TestService.address(HOME),
                                    house.clock.instant(),
                                    Optional.of(first),
                                    Optional.of(first))),
                    inputs);
        }

        @Test
        void findTheLastUnlockBehindManyRefusals() {
            Panocrypt service = open(rule("one", Verdict.abstain()));
            unlock(service, HOME);
            Instant first = house.clock.instant();
            for (int i = 0; i < 130; i++) {
                house.clock.advance(Duration.ofMinutes(1));
                unlock(service, AWAY.replace(".1", "." + (i + 1)));
            }
            unlock(service, HOME);
            assertEquals(Optional.of(first), inputs.get(inputs.size() - 1).lastUnlock());
        }

        @Test
        void neverSeeWhatEarlierGatesRefuse() {
            Panocrypt service = open(rule("one", Verdict.deny("no")));
            unlock(service, AWAY);
            assertEquals(GateResult.NOT_REACHED, dryRun(service, AWAY).gates().get(Gate.RULE));
            service.devices().disable(OPERATOR, device.id());
            unlock(service, HOME);
            service.lockdowns().start(OPERATOR, Set.of(), "drill");
            unlock(service, HOME);
            assertEquals(List.of(), inputs);
        }

        @Test
        void areSkippedOnlyByName() {
            Panocrypt service = open(rule("one", Verdict.deny("no")));
            service.allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults()
                                    .withAnySource()
                                    .withSkips(
                                            AllowanceSkip.DISABLED,
                                            AllowanceSkip.SOURCE,
                                            AllowanceSkip.TEMPORARY_DENY));
            assertEquals(new UnlockResult.Refused(Reason.RULE), unlock(service, HOME));
            service.allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withSkips(AllowanceSkip.RULE));
            assertInstanceOf(UnlockResult.Answered.class, unlock(service, HOME));
            assertEquals(GateResult.SKIPPED, newest(service).gates().get(Gate.RULE));
            assertEquals(new UnlockResult.Refused(Reason.RULE), unlock(service, HOME));
        }
    }

    @Nested
    class Ask {
        private final Panocrypt service = open(rule("one", Verdict.requireApproval("outside the window")));

        @Test
        void refusesWhereNobodyCouldApprove() {
            assertEquals(new UnlockResult.Refused(Reason.NO_APPROVER), unlock(service, HOME));
            assertEquals("one", newest(service).rule().orElseThrow().rule());
        }

        @Test
        void asksTheApproversOfAGroupThatDoesNotAskByItself() {
            people.group("on-call", "prod", 0, people.alice);
            people.opens(HOME);
            assertEquals(new UnlockResult.Pending(), unlock(service, HOME));
            UnlockRecord waiting = newest(service);
            assertEquals(Outcome.PENDING, waiting.outcome());
            assertEquals(Reason.APPROVAL_PENDING, waiting.reason());
            assertEquals(Optional.of(new RuleFinding("one", "outside the window")), waiting.rule());
            people.approve(people.alice, HOME);
            assertInstanceOf(UnlockResult.Answered.class, unlock(service, HOME));
            assertEquals(Reason.APPROVED, newest(service).reason());
            assertEquals(new UnlockResult.Pending(), unlock(service, HOME));
        }

        /** An approval is no answer to what another rule says at its collection. */
        @Test
        void areAskedAgainAtTheCollection() {
            people.group("on-call", "prod", 0, people.alice);
            List<Verdict> verdicts = new ArrayList<>(List.of(Verdict.requireApproval("late")));
            Panocrypt changing = open(new Rule("one", input -> verdicts.get(0)));
            assertEquals(new UnlockResult.Pending(), unlock(changing, HOME));
            people.approve(people.alice, HOME);
            verdicts.set(0, Verdict.deny("later"));
            assertEquals(new UnlockResult.Refused(Reason.RULE), unlock(changing, HOME));
            verdicts.set(0, Verdict.abstain());
            assertInstanceOf(UnlockResult.Answered.class, unlock(changing, HOME));
            assertEquals(Optional.empty(), newest(changing).spent());
        }

        @Test
        void changesNothingWhereAGroupAsksAlready() {
            people.group("ops", "prod", 1, people.alice);
            assertEquals(new UnlockResult.Pending(), unlock(service, HOME));
            people.approve(people.alice, HOME);
            assertInstanceOf(UnlockResult.Answered.class, unlock(service, HOME));
        }
    }

    @Nested
    class Fail {
        @Test
        void closedWhereOneThrows() {
            assertFailed(
                    open(new Rule("broken", input -> {
                        throw new IllegalStateException("with a secret");
                    })),
                    "broken",
                    "threw IllegalStateException");
        }

        @Test
        void closedWhereOneThrowsAnError() {
            assertFailed(
                    open(new Rule("broken", input -> {
                        throw new StackOverflowError();
                    })),
                    "broken",
                    "threw StackOverflowError");
        }

        @Test
        @SuppressWarnings("NullAway")
        void closedWhereOneAnswersNull() {
            assertFailed(
                    open(rule("good", Verdict.abstain()), new Rule("broken", input -> null)),
                    "broken",
                    "answered null");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "two\nlines", "nul\0", "half \ud800", "long"})
        void closedWhereOneGivesAReasonThatNobodyCanRead(String reason) {
            String given = reason.equals("long") ? "x".repeat(201) : reason;
            assertThrows(IllegalArgumentException.class, () -> Verdict.deny(given));
            assertFailed(
                    open(new Rule("broken", input -> Verdict.deny(given))), "broken", "threw IllegalArgumentException");
        }

        /** The late rule is interrupted, and neither its thread nor the caller's keeps the interrupt. */
        @Test
        void closedWhereOneIsLate() throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            Panocrypt service = open(new ForwardingStore(house.memory), SHORT, new Rule("slow", input -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    Thread.currentThread().interrupt();
                }
                return Verdict.abstain();
            }));
            // On a busy machine the time may be over before the rule begins.
            do {
                assertFailed(service, "slow", "did not answer within 20 ms");
            } while (begun.getCount() > 0);
            assertTrue(interrupted.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertFalse(Thread.currentThread().isInterrupted());
        }

        /** Rules that hang for ever use up their threads, and nothing else. */
        @Test
        void closedWhereAllThreadsHang() throws InterruptedException {
            CountDownLatch end = new CountDownLatch(1);
            AtomicInteger asked = new AtomicInteger();
            Panocrypt service =
                    open(new ForwardingStore(house.memory), Duration.ofMillis(1), new Rule("stuck", input -> {
                        asked.incrementAndGet();
                        for (boolean over = false; !over; ) {
                            try {
                                over = end.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                // A rule that does not listen.
                                Thread.currentThread().isInterrupted();
                            }
                        }
                        return Verdict.abstain();
                    }));
            try {
                for (int i = 0; i < 100; i++) {
                    house.clock.advance(Duration.ofSeconds(1));
                    assertEquals(new UnlockResult.Refused(Reason.RULE_FAILED), unlock(service, HOME));
                }
                assertTrue(asked.get() <= 64, asked + " threads");
                people.opens(HOME);
            } finally {
                end.countDown();
            }
        }

        @Test
        void withoutAnAnswerWhereTheStoreFails() {
            Panocrypt service = open(
                    new ForwardingStore(house.memory) {
                        @Override
                        public List<JournalRow> journal(JournalQuery query) {
                            throw new StoreException("out of order, says the test");
                        }
                    },
                    TestTimeout.MAX,
                    rule("one", Verdict.abstain()));
            assertEquals(new UnlockResult.Unavailable(), unlock(service, HOME));
            assertEquals(List.of(), inputs);
        }

        /** A stop interrupts request threads, and says nothing about the rules. */
        @Test
        void withoutAnAnswerWhereTheCallerIsInterrupted() {
            CountDownLatch end = new CountDownLatch(1);
            Thread caller = Thread.currentThread();
            Panocrypt service = open(new Rule("one", input -> {
                caller.interrupt();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Verdict.abstain();
            }));
            assertEquals(new UnlockResult.Unavailable(), unlock(service, HOME));
            assertTrue(Thread.interrupted());
            end.countDown();
        }

        @Test
        void inOneLineForAnOutage() {
            try (LogLines lines = LogLines.of("io.panocrypt.policy")) {
                Panocrypt service = open(new Rule("broken", input -> {
                    throw new IllegalStateException("out of order, says the test");
                }));
                for (int i = 0; i < 5; i++) {
                    unlock(service, HOME);
                }
                List<String> told = lines.texts().stream()
                        .filter(line -> line.contains("rule"))
                        .toList();
                assertEquals(
                        List.of("unlock rules fail, nothing is granted; further failures are counted: rule broken threw"
                                + " IllegalStateException: out of order, says the test"),
                        told);
            }
        }
    }

    /** What a rule said before a conflict is not committed after it. */
    @Test
    void areAskedAgainAfterAConflict() {
        List<Verdict> verdicts = new ArrayList<>(List.of(Verdict.abstain(), Verdict.deny("changed its mind")));
        AtomicInteger commits = new AtomicInteger();
        Panocrypt service = open(
                new ForwardingStore(house.memory) {
                    @Override
                    public WriteResult write(StoreWrite write) {
                        return commits.getAndIncrement() == 0 ? new WriteResult.OtherEpoch() : super.write(write);
                    }
                },
                TestTimeout.MAX,
                new Rule("one", input -> verdicts.remove(0)));
        assertEquals(new UnlockResult.Refused(Reason.RULE), unlock(service, HOME));
        assertEquals(List.of(), verdicts);
    }

    @Test
    void haveNamesOfTheirOwn() {
        Panocrypt.Builder builder = Panocrypt.builder()
                .rule(rule("one", Verdict.abstain()))
                .rule(rule("one", Verdict.abstain()))
                .rule(rule("No Name", Verdict.abstain()))
                .rule(rule("x".repeat(41), Verdict.abstain()))
                .ruleTimeout(Duration.ZERO);
        assertEquals(
                List.of(
                        "ruleTimeout must be a millisecond at least",
                        "rule one: two rules have this name",
                        "rule No Name: a name must have 1 to 40 characters of a-z, 0-9 and -",
                        "rule " + "x".repeat(41) + ": a name must have 1 to 40 characters of a-z, 0-9 and -"),
                builder.problems());
    }

    @Nested
    class Alive {
        private final AtomicInteger writes = new AtomicInteger();
        private final Panocrypt service = open(
                new ForwardingStore(house.memory) {
                    @Override
                    public WriteResult write(StoreWrite write) {
                        writes.addAndGet(write.entries().isEmpty() ? 1 : 0);
                        return super.write(write);
                    }
                },
                TestTimeout.MAX,
                rule("one", Verdict.abstain()));

        private boolean alive(String source) {
            return service.alive(device.token(), TestService.address(source));
        }

        private Optional<Instant> lastAlive() {
            inputs.clear();
            dryRun(service, HOME);
            return inputs.get(0).lastAlive();
        }

        @Test
        void needsAKnownTokenAndAnAllowedSource() {
            assertFalse(alive(AWAY));
            assertFalse(alive(""));
            assertFalse(service.alive("nobody", TestService.address(HOME)));
            assertFalse(service.alive("half \ud800", TestService.address(HOME)));
            assertEquals(Optional.empty(), lastAlive());
            assertTrue(alive(HOME));
            assertEquals(Optional.of(house.clock.instant()), lastAlive());
            service.devices().revoke(OPERATOR, device.id(), "web-1");
            assertFalse(alive(HOME));
        }

        @Test
        void isWrittenOnceAMinuteAndNeverToTheJournal() {
            int before = house.memory.heads().stream()
                    .mapToInt(head -> (int) head.sequence())
                    .sum();
            Instant first = house.clock.instant();
            for (int i = 0; i < 60; i++) {
                assertTrue(alive(HOME));
                house.clock.advance(Duration.ofMillis(999));
            }
            assertEquals(1, writes.get());
            assertEquals(Optional.of(first), lastAlive());
            house.clock.advance(Duration.ofMillis(60));
            assertTrue(alive(HOME));
            assertEquals(2, writes.get());
            assertEquals(Optional.of(house.clock.instant()), lastAlive());
            assertEquals(
                    before,
                    house.memory.heads().stream()
                            .mapToInt(head -> (int) head.sequence())
                            .sum());
        }

        @Test
        void isSharedByNodes() {
            assertTrue(alive(HOME));
            Panocrypt other = open(rule("other", Verdict.abstain()));
            inputs.clear();
            dryRun(other, HOME);
            assertEquals(Optional.of(house.clock.instant()), inputs.get(0).lastAlive());
        }

        @Test
        void isHeardByListeners() throws InterruptedException {
            alive(HOME);
            alive(AWAY);
            assertEquals(
                    new DecisionEvent.Alive(Optional.of(device.id())),
                    heard.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(
                    new DecisionEvent.Alive(Optional.empty()), heard.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
    }
}
