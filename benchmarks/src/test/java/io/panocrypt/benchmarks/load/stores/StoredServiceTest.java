package io.panocrypt.benchmarks.load.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredServiceTest {
    /** More than twice for each of the 256 devices. */
    private static final int UNLOCKS = 600;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"MEMORY", "SQLITE"})
    void spendsOneUseForEachAnswerIfAskedTo(StoreKind kind) throws Exception {
        try (StoredService service = StoredService.start(kind, folder).orElseThrow()) {
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
}
