package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export and a log of an earlier release, which later releases must still verify. */
class GoldenExportTest {
    private static final String KEY = "Fwaxxm9UA9i9jdRE6m_O1qyZADED6CGXejoiBndWams";

    @TempDir
    private Path folder = Path.of("");

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(GoldenExportTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private HistoryExport open(String text) throws IOException {
        return HistoryExport.open(Files.writeString(folder.resolve("export"), text));
    }

    private static List<Checkpoint> logged() throws IOException {
        return resource("history-checkpoints.log")
                .lines()
                .map(line -> Checkpoint.in(line).orElseThrow())
                .toList();
    }

    @Test
    void isStillIntact() throws IOException {
        try (HistoryExport export = open(resource("history-export.ndjson"))) {
            assertEquals(KEY, export.checkpointKey().kid());
            assertEquals(Instant.parse("2026-01-12T03:04:05.678Z"), export.time());
            assertTrue(logged().stream().allMatch(export::hasSigned));
            assertEquals(
                    new Verification(true, 7, Optional.empty(), List.of(new Verification.Chain("node-1", 4, 11, 11))),
                    export.verify(logged().stream()));
        }
    }

    @Test
    void stillShowsAnAllowedAttemptThatWasOnceDenied() throws IOException {
        String changed =
                resource("history-export.ndjson").replace("DENIED", "ALLOWED").replace("SOURCE_NOT_ALLOWED", "ALLOWED");
        try (HistoryExport export = open(changed)) {
            assertEquals(
                    Optional.of(new Verification.Break("node-1", 6, "changed")),
                    export.verify(logged().stream()).brokenAt());
        }
    }
}
