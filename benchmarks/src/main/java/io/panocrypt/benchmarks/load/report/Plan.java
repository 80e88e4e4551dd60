package io.panocrypt.benchmarks.load.report;

import io.panocrypt.benchmarks.load.client.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What is measured, and how long.
 *
 * @param warmUp how long each of our servers works before the first round
 * @param rounds how often each subject has a turn in each scenario
 * @param turn how long one turn is
 * @param scenarios who is asked how, in this order
 */
public record Plan(Duration warmUp, int rounds, Duration turn, Map<Scenario, List<Subject>> scenarios) {
    /** Good for the numbers in the documentation: about seven minutes. */
    public static final Plan FULL = new Plan(
            Duration.ofSeconds(20),
            5,
            Duration.ofSeconds(5),
            Map.of(
                    Scenario.NEW, List.of(Subject.values()),
                    Scenario.KEPT, List.of(Subject.values()),
                    Scenario.SINGLE, List.of(Subject.values()),
                    Scenario.HALF, List.of(Subject.SQLITE, Subject.POSTGRESQL, Subject.NO_STORE)));

    /** Good for a look: under a minute, the build included. */
    public static final Plan QUICK = new Plan(
            Duration.ofSeconds(14),
            3,
            Duration.ofSeconds(3),
            Map.of(
                    Scenario.NEW, List.of(Subject.SQLITE, Subject.TANGD),
                    Scenario.HALF, List.of(Subject.SQLITE)));

    public List<Subject> subjects(Scenario scenario) {
        return scenarios.getOrDefault(scenario, List.of());
    }

    public boolean concerns(Subject subject) {
        return scenarios.values().stream().anyMatch(subjects -> subjects.contains(subject));
    }
}
