package io.panocrypt.benchmarks.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthRunTest {
    @TempDir
    private Path fleets;

    @Test
    void beginsAgainWhereARunEndedEarly() throws IOException {
        Path unfinished = fleets.resolve("100");
        Files.writeString(Files.createDirectories(unfinished.resolve("data")).resolve("panocrypt.db"), "half of it");
        Path other = Files.createDirectory(fleets.resolve("1000"));
        GrowthRun.removeUnfinished(unfinished);
        try (Stream<Path> left = Files.list(fleets)) {
            assertEquals(List.of(other), left.toList());
        }
    }

    @Test
    void needsNoRunBefore() throws IOException {
        GrowthRun.removeUnfinished(fleets.resolve("100"));
        assertTrue(Files.isDirectory(fleets));
    }
}
