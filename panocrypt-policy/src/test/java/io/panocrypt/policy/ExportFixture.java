package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A journal to export, and ways to change the export. Entries: 1 site, 2 device, 3 to 5 attempts, 6 checkpoint, 7 and 8
 * attempts, 9 checkpoint, 10 attempt.
 */
abstract class ExportFixture {
    static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder = Path.of("");

    final TestService house = new TestService();
    final Device device = house.device("web-1");
    final History history = house.service.history();

    @BeforeEach
    void fill() {
        attempts(3);
        history.checkpoint();
        attempts(2);
        history.checkpoint();
        attempts(1);
        house.clock.advance(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        house.close();
    }

    final void attempts(int number) {
        for (int i = 0; i < number; i++) {
            house.unlock(device, HOME);
        }
    }

    static List<String> export(History history) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        history.export(out);
        return new ArrayList<>(List.of(out.toString(StandardCharsets.US_ASCII).split("\n")));
    }

    final Verification verify(List<String> lines, Checkpoint... logged) throws IOException {
        Path file = Files.write(folder.resolve("export"), lines);
        try (HistoryExport export = HistoryExport.open(file)) {
            return export.verify(Stream.of(logged));
        }
    }

    final void assertBroken(String chain, long sequence, List<String> lines) throws IOException {
        Verification found = verify(lines);
        assertFalse(found.intact(), lines.toString());
        assertEquals(
                List.of(chain, sequence),
                List.of(
                        found.brokenAt().orElseThrow().chain(),
                        found.brokenAt().orElseThrow().sequence()),
                found.toString());
    }

    static String change(String line, Consumer<ObjectNode> change) throws IOException {
        ObjectNode node = (ObjectNode) JSON.readTree(line);
        change.accept(node);
        return node.toString();
    }
}
