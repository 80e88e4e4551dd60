package io.panocrypt.testkit.notices;

import io.panocrypt.testkit.support.MutableClock;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SqliteNoticesTest {
    @TempDir
    private Path folder;

    @Nested
    class Told extends NoticeScenarios {
        @Override
        Stores stores(MutableClock clock) {
            return new SqliteStores(folder);
        }
    }

    @Nested
    class Delivered extends DeliveryScenarios {
        @Override
        Stores stores(MutableClock clock) {
            return new SqliteStores(folder);
        }
    }
}
