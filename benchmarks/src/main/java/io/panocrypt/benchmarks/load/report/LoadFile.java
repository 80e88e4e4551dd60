package io.panocrypt.benchmarks.load.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.benchmarks.load.client.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Writes a run with all its turns as JSON. */
public final class LoadFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private LoadFile() {}

    public static void write(
            Path file, LoadResults results, Plan plan, RawSync sync, Map<String, String> machine, Instant now)
            throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("date", now.toString());
        machine.forEach(root.putObject("machine")::put);
        root.putObject("syncMillis").put("p50", sync.p50()).put("p99", sync.p99());
        root.put("turnSeconds", plan.turn().toSeconds());
        ObjectNode scenarios = root.putObject("scenarios");
        for (Scenario scenario : Scenario.values()) {
            ObjectNode subjects = scenarios.putObject(scenario.title());
            for (Subject subject : plan.subjects(scenario)) {
                ArrayNode turns = subjects.putArray(subject.title());
                results.of(scenario, subject).forEach(turn -> put(turns.addObject(), turn));
            }
        }
        root.put("lastLine", results.lastLine());
        JSON.writeValue(file.toFile(), root);
    }

    /** Adds the results of one turn. */
    public static void put(ObjectNode into, Turn turn) {
        into.put("requestsPerSecond", turn.perSecond())
                .put("processorMillis", turn.processorMillis())
                .put("p50Millis", turn.p50())
                .put("p99Millis", turn.p99())
                .put("memoryMib", turn.memoryMib())
                .put("failures", turn.failures());
    }
}
