package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.storage.Service;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TablePrefixTest {
    private static final byte[] NO_INPUT = {};

    @TempDir
    private Path directory;

    @Test
    void isInTheSqlForAnEmptyDatabase() {
        String sql = Tool.main(NO_INPUT, "schema", "--dialect", "sqlite", "--table-prefix", "unlock_")
                .ok()
                .text();
        assertEquals(JdbcStore.schema(Dialect.SQLITE, JdbcSettings.DEFAULTS.withTablePrefix("unlock_")), sql);
    }

    @Test
    void isRefusedInOneLineWhenItIsTypedWrong() {
        Tool.Result result = Tool.main(NO_INPUT, "schema", "--table-prefix", "Unlock-");
        assertEquals(2, result.exit());
        assertTrue(result.errors().startsWith("panocrypt: --table-prefix: "), result.errors());
    }

    private Service open(String... options) {
        StoreOptions store = CommandLine.populateCommand(new StoreOptions(), options);
        return Service.open(store.storage("test"), URI.create("http://127.0.0.1"));
    }

    @Test
    void keepsTwoSitesApartInOneDatabase() {
        String data = directory.toString();
        try (Service one = open("--data", data)) {
            one.panocrypt().devices().create(Actor.HOST, DeviceChange.none().withName("web-1"));
        }
        String otherKey = directory.resolve("other-key").toString();
        try (Service other = open("--data", data, "--table-prefix", "other_", "--master-key-file", otherKey)) {
            // One site would refuse a second device of that name.
            other.panocrypt().devices().create(Actor.HOST, DeviceChange.none().withName("web-1"));
        }
    }
}
