package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of a database still hold a sealed key after it was destroyed. */
class DestroyedKeysTest {
    private static final Pattern SEALED = Pattern.compile("\"sealed\":\"([^\"]+)\"");
    private static final JdbcSettings SETTINGS = JdbcSettings.DEFAULTS.with(TestTimeout.MAX);

    @TempDir
    private Path folder;

    private MasterKey master;

    @BeforeEach
    void makeMasterKey() throws IOException {
        master = MasterKey.create(folder.resolve("master-key"), new SecureRandom());
    }

    @AfterEach
    void wipeMasterKey() {
        master.close();
    }

    private Panocrypt service(Store store) {
        return Panocrypt.builder()
                .store(store)
                .custody(SealedKeyCustody.of(master))
                .publicUrl(URI.create("http://192.0.2.80"))
                .checkpointInterval(Duration.ZERO)
                .build();
    }

    private static Device device(Panocrypt service, String name) {
        return service.devices()
                .create(Actor.HOST, DeviceChange.none().withName(name).withCurve(Curve.P_256));
    }

    /** The sealed forms of a device's keys, as the store has them. */
    private static List<String> sealed(Store store, Device device) {
        Matcher found = SEALED.matcher(
                store.get(PolicyRecord.DEVICE, device.id()).orElseThrow().body());
        List<String> sealed = new ArrayList<>();
        while (found.find()) {
            sealed.add(found.group(1));
        }
        return sealed;
    }

    /** Whether any file below the folder holds any of the texts. */
    private static boolean anyIn(Path folder, List<String> texts) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (texts.stream().anyMatch(content::contains)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void run(DataSource source, String... statements) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void areInNoFileOfSqlite() throws IOException {
        try (JdbcStore store =
                        JdbcStore.openSqlite(folder.resolve("store.db"), "node-a", InstantSource.system(), SETTINGS);
                Panocrypt service = service(store)) {
            Device rotated = device(service, "rotated");
            Device revoked = device(service, "revoked");
            List<String> first = sealed(store, rotated);
            List<String> all = sealed(store, revoked);
            assertEquals(2, first.size());
            assertTrue(anyIn(folder, first) && anyIn(folder, all), "the search finds them while they are there");
            service.devices().rotateKeys(Actor.HOST, rotated.id());

            service.devices().destroyGeneration(Actor.HOST, rotated.id(), 1, 1);
            service.devices().revoke(Actor.HOST, revoked.id(), "revoked");
            // The files are cleaned after the answer; the next write waits for it.
            service.devices().disable(Actor.HOST, rotated.id());

            assertFalse(anyIn(folder, first), "a destroyed generation");
            assertFalse(anyIn(folder, all), "a revoked device");
            assertTrue(anyIn(folder, sealed(store, rotated)), "the search still finds what is there");
        }
    }

    @Test
    void stayInTheFileOfH2UntilItIsCompacted() throws Exception {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + folder.resolve("store"));
        List<String> all;
        try (Connection open = source.getConnection()) {
            try (JdbcStore store = JdbcStore.open(source, Dialect.H2, "node-a", InstantSource.system(), SETTINGS);
                    Panocrypt service = service(store)) {
                Device revoked = device(service, "revoked");
                all = sealed(store, revoked);
                run(source, "CHECKPOINT SYNC");
                assertTrue(anyIn(folder, all), "the search finds them while they are there");
                service.devices().revoke(Actor.HOST, revoked.id(), "revoked");
            }
            try (Statement statement = open.createStatement()) {
                statement.execute("SHUTDOWN COMPACT");
            }
        }
        assertFalse(anyIn(folder, all));
    }

    @Test
    void stayInPostgresqlUntilItsTableIsRewritten() throws Exception {
        String schema = PostgresqlServer.get().newSchema();
        try (HikariDataSource source = PostgresqlServer.get().pool(schema, 4)) {
            Path data = Path.of(text(source, "SHOW data_directory"));
            List<String> all;
            try (JdbcStore store =
                            JdbcStore.open(source, Dialect.POSTGRESQL, "node-a", InstantSource.system(), SETTINGS);
                    Panocrypt service = service(store)) {
                Device revoked = device(service, "revoked");
                all = sealed(store, revoked);
                run(source, "CHECKPOINT");
                assertTrue(anyIn(data.resolve("base"), all), "the search finds them while they are there");

                service.devices().revoke(Actor.HOST, revoked.id(), "revoked");
                run(source, "VACUUM FULL panocrypt_record", "CHECKPOINT");
                // The checkpoint removes the files of the old table; the server keeps its log, pg_wal, for longer.
                assertFalse(anyIn(data.resolve("base"), all), "after VACUUM FULL");
            }
        } finally {
            PostgresqlServer.get().drop(schema);
        }
    }

    private static String text(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
