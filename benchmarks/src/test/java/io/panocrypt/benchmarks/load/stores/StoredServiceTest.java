package io.panocrypt.benchmarks.load.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredServiceTest {
    /** More than twice for each of the 256 devices. */
    private static final int UNLOCKS = 600;

    @TempDir
    private Path folder;

    @Test
    void spendsOneUseForEachAnswerIfAskedTo() throws Exception {
        try (StoredService service =
                StoredService.start(StoreKind.SQLITE, folder).orElseThrow()) {
            for (int i = 0; i < UNLOCKS; i++) {
                assertTrue(service.unlock(false));
            }
            assertEquals(0, service.spent());
            for (int i = 0; i < UNLOCKS; i++) {
                assertTrue(service.unlock(true));
            }
            assertEquals(UNLOCKS, service.spent());
        }
    }

    /** SQLite removes this file with the last connection. */
    @Test
    void closesItsStoreIfItGetsNoMasterKey() throws Exception {
        Files.writeString(folder.resolve("master-key"), "no key");
        assertThrows(IOException.class, () -> StoredService.start(StoreKind.SQLITE, folder));
        Path files = folder.resolve(StoreKind.SQLITE.title());
        assertTrue(Files.exists(files.resolve("panocrypt.db")));
        assertFalse(Files.exists(files.resolve("panocrypt.db-wal")), "the store is open");
    }
}
