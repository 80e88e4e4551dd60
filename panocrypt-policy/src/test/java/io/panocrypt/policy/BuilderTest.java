package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The problems that a builder reports, before it has a store and when it builds. */
class BuilderTest {
    private static ApprovalTimes times(long pending, long window, long deny, long silence) {
        return new ApprovalTimes(
                Duration.ofSeconds(pending),
                Duration.ofSeconds(window),
                Duration.ofSeconds(deny),
                Duration.ofSeconds(silence));
    }

    @Test
    void hasNoProblemBeforeAnythingIsSet() {
        assertEquals(List.of(), Panocrypt.builder().problems());
        assertEquals(
                List.of(), Panocrypt.builder().approvalTimes(times(1, 1, 1, 0)).problems());
    }

    @Test
    void beginsEachProblemWithTheSettingsName() {
        Panocrypt.Builder wrong = Panocrypt.builder()
                .publicUrl(URI.create("http://192.0.2.1/?q"))
                .linkBase(URI.create("https://admin.example/"))
                .noticeInterval(Duration.ofMillis(-1))
                .checkpointInterval(Duration.ofMillis(-1))
                .commitTimeout(Duration.ofMillis(-1))
                .startTimeout(Duration.ofMillis(-1))
                .historyRetention(Duration.ofHours(23))
                .approvalTimes(times(0, 0, 0, -1));
        assertEquals(
                List.of(
                        "publicUrl",
                        "linkBase",
                        "noticeInterval",
                        "checkpointInterval",
                        "commitTimeout",
                        "startTimeout",
                        "approvalTimes.pending",
                        "approvalTimes.window",
                        "approvalTimes.temporaryDeny",
                        "approvalTimes.silence",
                        "historyRetention"),
                wrong.problems().stream()
                        .map(problem -> problem.replaceFirst(" must .*", ""))
                        .toList());
        String refused =
                assertThrows(IllegalArgumentException.class, wrong::build).getMessage();
        assertTrue(refused.endsWith("; store is required; custody is required"), refused);
    }
}
