package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The log of checkpoints that an application brings. */
class CheckpointLogTest {
    @Test
    void getsTheLastCheckpointInPlaceOfTheLibrarysLog() {
        List<Checkpoint> logged = new CopyOnWriteArrayList<>();
        try (TestService house = new TestService();
                LogLines lines = LogLines.of("io.panocrypt.policy")) {
            Panocrypt.builder()
                    .store(house.memory)
                    .custody(house.custody)
                    .publicUrl(URI.create("http://192.0.2.80"))
                    .checkpointInterval(Duration.ofDays(1))
                    .checkpointLog(logged::add)
                    .build()
                    .close();
            List<JournalRow> chain = house.memory.chain("node-1", 0, 1_000);
            JournalEntry last = chain.get(chain.size() - 1).entry();
            assertEquals(JournalEntry.Kind.CHECKPOINT, last.kind());
            assertEquals(1, logged.size());
            assertTrue(last.body().contains(logged.get(0).signature()), last.body());
            assertEquals(List.of(), lines.texts());
        }
    }
}
