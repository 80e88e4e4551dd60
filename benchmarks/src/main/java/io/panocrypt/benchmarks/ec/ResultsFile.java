package io.panocrypt.benchmarks.ec;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.benchmarks.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Writes a comparison as JSON, with more detail than its table. */
final class ResultsFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultsFile() {}

    static void write(Path file, Results results, Plan plan, Map<String, String> machine, Instant now)
            throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("date", now.toString());
        machine.forEach(root.putObject("machine")::put);
        root.put("rounds", plan.rounds());
        root.put("reference", results.reference().heading());
        root.put("doubt", results.doubt().orElse(null));
        root.put("lastLine", results.lastLine());
        ObjectNode rows = root.putObject("rows");
        results.timings().forEach((row, timings) -> {
            ObjectNode cells = rows.putObject(row.title());
            timings.nanos().forEach((rival, values) -> {
                ObjectNode cell = cells.putObject(rival.heading());
                spread(cell.putObject("processorNanoseconds"), Spread.of(values));
                results.ratio(row, rival, results.reference())
                        .ifPresent(ratio -> spread(cell.putObject("ratio"), ratio));
            });
        });
        Files.createDirectories(file.toAbsolutePath().getParent());
        JSON.writeValue(file.toFile(), root);
    }

    private static void spread(ObjectNode node, Spread spread) {
        node.put("lowerQuartile", spread.lowerQuartile());
        node.put("median", spread.median());
        node.put("upperQuartile", spread.upperQuartile());
        node.put("margin", spread.margin());
    }
}
