package io.panocrypt.testkit.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.testkit.clock.ClockSite.Node;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests with a clock that jumps by an hour and back, on any store. */
abstract class ClockScenarios {
    static final Duration HOUR = Duration.ofHours(1);

    /** Far more than needed. */
    private static final int STEPS_AN_ANSWER = 200;

    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    ClockSite site;

    abstract ClockSite.Stores stores() throws Exception;

    @BeforeEach
    void move() throws Exception {
        site = new ClockSite(stores());
    }

    @AfterEach
    void leave() {
        site.close();
    }

    /** All clocks, each once. */
    final Set<MutableClock> clocks() {
        Set<MutableClock> clocks = new HashSet<>();
        for (Node node : List.of(site.right, site.jumping)) {
            clocks.add(node.clock());
            clocks.add(node.store());
        }
        return clocks;
    }

    /** A grant: the number of uses and the window. */
    private record Window(int uses, Instant from, Instant to) {
        boolean holds(Instant time) {
            return !time.isBefore(from.minus(TOLERANCE)) && time.isBefore(to);
        }
    }

    @Test
    void neverAnswersOutsideAWindowWhileAClockJumps() {
        neverAnswersOutsideAWindow(10);
    }

    @Test
    @Tag("long")
    void neverAnswersOutsideAWindowOverManyJumps() {
        neverAnswersOutsideAWindow(50);
    }

    /** @param answers minimum number of answers from each node */
    private void neverAnswersOutsideAWindow(int answers) {
        long seed = System.nanoTime();
        Run run = new Run(new Random(seed), Node::storeTime);
        for (int i = 0; i < STEPS_AN_ANSWER * answers && run.fewestAnswers() < answers; i++) {
            run.step();
        }
        String told = "seed " + seed + ": " + run.answered;
        assertEquals(List.of(), run.faults, told);
        assertTrue(run.fewestAnswers() >= answers, told);
        assertTrue(site.right.service().history().verify().intact(), told);
        site.jump(Duration.ZERO);
        site.pass(Duration.ofDays(8), clocks());
        for (Node node : List.of(site.right, site.jumping)) {
            assertFalse(ClockSite.answers(node, site.allowed), told);
            site.allow(node, 1, HOUR);
            assertTrue(ClockSite.answers(node, site.allowed), told);
        }
    }

    /** Tests the check: by a clock other than the store's it must find answers outside their windows. */
    @Test
    void seesAnswersOutsideAWindowByAnotherClock() {
        long seed = System.nanoTime();
        Run run = new Run(new Random(seed), node -> node.storeTime().plus(HOUR));
        for (int i = 0; i < STEPS_AN_ANSWER * 10 && run.faults.isEmpty(); i++) {
            run.step();
        }
        assertFalse(run.faults.isEmpty(), "seed " + seed);
    }

    /** Random acts of operators, devices and a clock. */
    private final class Run {
        private final Random random;
        private final Function<Node, Instant> time;
        private final Map<String, Window> windows = new HashMap<>();
        private final Map<String, Integer> spent = new HashMap<>();
        private final Set<String> seen = new HashSet<>();
        private final Map<Node, Integer> answered = new HashMap<>(Map.of(site.right, 0, site.jumping, 0));
        private final List<String> faults = new ArrayList<>();

        Run(Random random, Function<Node, Instant> time) {
            this.random = random;
            this.time = time;
        }

        void step() {
            step(random.nextBoolean() ? site.right : site.jumping);
        }

        int fewestAnswers() {
            return Math.min(answered.get(site.right), answered.get(site.jumping));
        }

        private void step(Node node) {
            switch (random.nextInt(8)) {
                case 0 -> site.pass(Duration.ofSeconds(1 + random.nextInt(300)), clocks());
                case 1 -> {
                    if (random.nextInt(4) == 0) {
                        site.jump(HOUR.multipliedBy(random.nextInt(3) - 1L));
                    }
                }
                case 2 -> allow(node);
                case 3 -> approve(node);
                case 4, 5 -> ask(node, site.allowed);
                default -> ask(node, site.approved);
            }
        }

        private void allow(Node node) {
            Allowance allowance = site.allow(node, 1 + random.nextInt(3), Duration.ofMinutes(1L + random.nextInt(90)));
            windows.put(allowance.id(), new Window(allowance.uses(), allowance.created(), allowance.expires()));
        }

        private void approve(Node node) {
            try {
                Optional<ApprovalRequest> request = site.approve(node);
                request.ifPresent(approved -> {
                    Instant decided = approved.votes().get(0).time();
                    Instant end = approved.windowEnd().orElseThrow();
                    windows.put(approved.id(), new Window(site.approved.volumes(), decided, end));
                });
            } catch (OperationException e) {
                // The request is open by one node's clock and expired by the other's.
                assertEquals(OperationException.Kind.CONFLICT, e.kind());
            }
        }

        private void ask(Node node, Device device) {
            Instant now = time.apply(node);
            if (!ClockSite.answers(node, device)) {
                return;
            }
            answered.merge(node, 1, Integer::sum);
            List<UnlockRecord> rows = newRows(device);
            assertEquals(1, rows.size(), "rows of one answer");
            for (String id : rows.get(0).spent().orElse("nothing").split(",")) {
                Window window = windows.get(id);
                int uses = spent.merge(id, 1, Integer::sum);
                if (window == null || !window.holds(now) || uses > window.uses()) {
                    faults.add("at " + now + " use " + uses + " of " + id + ", " + window);
                }
            }
        }

        private List<UnlockRecord> newRows(Device device) {
            return site.right.service().history().unlocks(device.id(), null, 1_000).items().stream()
                    .filter(row -> row.outcome() == Outcome.ALLOWED && seen.add(row.hash()))
                    .toList();
        }
    }
}
