package io.panocrypt.benchmarks.load.report;

import io.panocrypt.benchmarks.load.client.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What to measure, and for how long.
 *
 * @param warmUp how long each of our servers runs before the first round
 * @param rounds number of turns of each subject in each scenario
 * @param turn length of one turn
 * @param scenarios the subjects of each scenario, in order
 */
public record Plan(Duration warmUp, int rounds, Duration turn, Map<Scenario, List<Subject>> scenarios) {
    /** For the numbers in the documentation: about seven minutes. */
    public static final Plan FULL = new Plan(
            Duration.ofSeconds(20),
            5,
            Duration.ofSeconds(5),
            Map.of(
                    Scenario.NEW, List.of(Subject.values()),
                    Scenario.KEPT, List.of(Subject.values()),
                    Scenario.SINGLE, List.of(Subject.values()),
                    Scenario.HALF, List.of(Subject.SQLITE, Subject.POSTGRESQL, Subject.NO_STORE)));

    /** For a quick look: under a minute, including the build. */
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
