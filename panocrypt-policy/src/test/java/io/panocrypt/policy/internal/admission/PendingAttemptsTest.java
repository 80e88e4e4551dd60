package io.panocrypt.policy.internal.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.admission.PendingAttempts.Waited;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PendingAttemptsTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private final PendingAttempts waits = new PendingAttempts(2);

    @Test
    void countsUntilItIsTaken() {
        waits.count("r-1", NOON);
        waits.count("r-1", NOON.plusSeconds(2));
        waits.count("r-1", NOON.plusSeconds(1));
        assertEquals(Optional.of(new Waited("r-1", 3, NOON, NOON.plusSeconds(2))), waits.take("r-1"));
        assertEquals(Optional.empty(), waits.take("r-1"));
    }

    @Test
    void addsWhatIsPutBackToWhatCameMeanwhile() {
        waits.count("r-1", NOON);
        Waited taken = waits.take("r-1").orElseThrow();
        waits.count("r-1", NOON.plusSeconds(1));
        waits.putBack(taken);
        assertEquals(Optional.of(new Waited("r-1", 2, NOON, NOON.plusSeconds(1))), waits.take("r-1"));
    }

    @Test
    void takesThoseThatHaveNotBeenWrittenForAWhile() {
        waits.count("r-1", NOON);
        waits.count("r-1", NOON.plusSeconds(59));
        waits.count("r-2", NOON.plusSeconds(1));
        assertEquals(List.of(new Waited("r-1", 2, NOON, NOON.plusSeconds(59))), waits.takeSince(NOON.plusSeconds(1)));
        assertEquals(List.of(), waits.takeSince(NOON.plusSeconds(1)));
        assertEquals(1, waits.takeSince(Instant.MAX).size());
    }

    @Test
    void saysWhenThereIsNoRoom() {
        assertTrue(waits.count("r-1", NOON));
        assertTrue(waits.count("r-2", NOON));
        assertFalse(waits.count("r-3", NOON));
        assertTrue(waits.count("r-2", NOON));
        waits.take("r-1");
        assertTrue(waits.count("r-3", NOON));
    }
}
