package io.panocrypt.testkit.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Devices;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the current code on databases created by the last release of each schema version, and on what a later release
 * may write.
 *
 * <p>A new migration needs a database of the previous version, which {@link StoredSite} creates. Once released, neither
 * that file nor the old migration may change.
 */
class SchemaUpgradeTest {
    private static final Instant LATER = StoredSite.MADE.plus(Duration.ofMinutes(1));

    @TempDir
    private Path folder;

    /** All schema versions up to the current one. */
    static IntStream versions() throws Exception {
        Path fresh = Files.createTempDirectory("panocrypt-fresh").resolve("fresh.db");
        try {
            open(fresh, SchemaMode.CREATE).close();
            return IntStream.rangeClosed(1, version(fresh));
        } finally {
            Files.deleteIfExists(fresh);
            Files.delete(fresh.getParent());
        }
    }

    private static JdbcStore open(Path file, SchemaMode mode) {
        return JdbcStore.open(
                StoredDatabase.source(file),
                Dialect.SQLITE,
                "node-a",
                InstantSource.fixed(LATER),
                JdbcSettings.DEFAULTS.with(mode).with(TestTimeout.MAX));
    }

    private static int version(Path file) throws SQLException {
        try (Connection connection = StoredDatabase.source(file).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT MAX(version) FROM panocrypt_schema")) {
            return rows.getInt(1);
        }
    }

    private static StoredDatabase stored(int version) throws IOException {
        return StoredDatabase.ofSchema(version)
                .orElseThrow(() -> new AssertionError("no database of schema " + version + " is kept, see StoredSite"));
    }

    private Path restored(int version) throws IOException, SQLException {
        return restored(stored(version));
    }

    private Path restored(StoredDatabase stored) throws SQLException {
        Path file = folder.resolve("stored.db");
        stored.restore(file);
        return file;
    }

    /**
     * The databases of all versions, of the last commit whose bodies had no version, and one as a later release might
     * write it.
     */
    static List<StoredDatabase> databases() throws Exception {
        List<StoredDatabase> databases = new ArrayList<>();
        for (int version : versions().toArray()) {
            databases.add(stored(version));
        }
        databases.add(StoredDatabase.named("bodies-0").orElseThrow());
        databases.add(ofNextRelease());
        return databases;
    }

    /** A database in which all bodies read by edits and unlocks have members unknown to this release. */
    private static StoredDatabase ofNextRelease() throws Exception {
        Path folder = Files.createTempDirectory("panocrypt-next");
        Path file = folder.resolve("next.db");
        try {
            StoredSite.make(file);
            try (Connection connection = StoredDatabase.source(file).getConnection();
                    Statement statement = connection.createStatement()) {
                for (String table : List.of("panocrypt_record", "panocrypt_device_grant")) {
                    statement.execute("UPDATE " + table
                            + " SET body = '{\"v\":1,\"later\":{\"v\":9},\"more\":[1],' || substr(body, 8)"
                            + " WHERE body LIKE '{\"v\":1,%'");
                    assertTrue(statement.getUpdateCount() > 0, table);
                }
            }
            return StoredDatabase.read("what the next release wrote", StoredDatabase.source(file));
        } finally {
            Files.delete(file);
            Files.delete(folder);
        }
    }

    private static Device deviceIn(Path file, String name) throws IOException {
        StoredSite site = StoredSite.open(file, LATER);
        try {
            Device device = site.device(name);
            assertInstanceOf(UnlockResult.Answered.class, site.ask(device), "before");
            return device;
        } finally {
            site.close();
        }
    }

    private static UnlockResult ask(StoredSite site, Device device) {
        try {
            return site.ask(device);
        } catch (StoreException e) {
            // The servlet would answer 503.
            return new UnlockResult.Unavailable();
        }
    }

    /** A later version may contain restrictions that this release does not know. */
    @ParameterizedTest
    @ValueSource(strings = {"device", "lockdown", "approval-group", "network-access-list"})
    void grantsNothingByAFormOfALaterVersion(String kind) throws Exception {
        Path file = folder.resolve("stored.db");
        StoredSite.make(file);
        Device rotated = deviceIn(file, "rotated");
        try (Connection connection = StoredDatabase.source(file).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE panocrypt_record SET body = '{\"v\":2' || substr(body, 7)"
                    + " WHERE body LIKE '{\"v\":1,%' AND kind = '" + kind + "'");
            assertTrue(statement.getUpdateCount() > 0, kind);
        }
        StoredSite site = StoredSite.open(file, LATER);
        try {
            UnlockResult result = ask(site, rotated);
            assertFalse(result instanceof UnlockResult.Answered, result.toString());
        } finally {
            site.close();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void endsWithTheTablesOfANewDatabase(int version) throws Exception {
        Path upgraded = restored(version);
        assertEquals(version, version(upgraded));
        open(upgraded, SchemaMode.CREATE).close();
        Path fresh = folder.resolve("fresh.db");
        open(fresh, SchemaMode.CREATE).close();
        assertEquals(version(fresh), version(upgraded));
        DataSource made = StoredDatabase.source(fresh);
        DataSource moved = StoredDatabase.source(upgraded);
        assertEquals(StoredDatabase.structure(made), StoredDatabase.structure(moved));
        // Tests the check: it must notice an index that a migration forgot.
        try (Connection connection = moved.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP INDEX panocrypt_outbox_due");
        }
        assertNotEquals(StoredDatabase.structure(made), StoredDatabase.structure(moved));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void isUpgradedByNobodyWhoOnlyValidates(int version) throws Exception {
        Path file = restored(version);
        if (version == versions().max().orElseThrow()) {
            open(file, SchemaMode.VALIDATE).close();
        } else {
            assertThrows(StoreException.class, () -> open(file, SchemaMode.VALIDATE));
        }
        assertEquals(version, version(file));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void keepsEverythingThatStoodThere(StoredDatabase stored) throws Exception {
        StoredSite site = StoredSite.open(restored(stored), LATER);
        try {
            assertTrue(site.service.history().verify().intact());
            assertEquals(
                    stored.rows("panocrypt_journal"),
                    site.service.history().verify().rows());
            Map<String, DeviceState> states =
                    site.service.devices().list(Devices.Filter.ALL, null, 100).items().stream()
                            .collect(Collectors.toMap(Device::name, Device::state));
            assertEquals(
                    Map.of(
                            "allowed", DeviceState.ACTIVE,
                            "approved", DeviceState.ACTIVE,
                            "disabled", DeviceState.DISABLED,
                            "revoked", DeviceState.REVOKED,
                            "rotated", DeviceState.ACTIVE),
                    states);
            assertEquals(2, site.device("rotated").keys().size());
            assertEquals(
                    "ada", site.service.members().list(null, 10).items().get(0).name());
            assertEquals(1, site.service.userGroups().list(null, 10).items().size());
            assertEquals(1, site.service.approvalGroups().list(null, 10).items().size());
            assertEquals(
                    "rack",
                    site.service.enrollmentKeys().list(null, 10).items().get(0).name());
            assertEquals(
                    "drill",
                    site.service.lockdowns().list(null, 10).items().get(0).reason());
            assertEquals(
                    "lost",
                    site.service
                            .temporaryDenies()
                            .of(site.device("disabled").id())
                            .get(0)
                            .cause());
            assertTrue(site.store.waiting(10).contains(StoredSite.NOTICE));
        } finally {
            site.close();
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void givesWhatWasGrantedAndNoMore(StoredDatabase stored) throws Exception {
        StoredSite site = StoredSite.open(restored(stored), LATER);
        try {
            Device allowed = site.device("allowed");
            List<Allowance> open = site.service.allowances().open(allowed.id());
            assertEquals(List.of(2), open.stream().map(Allowance::usesLeft).toList());
            UnlockResult answer =
                    new UnlockResult.Answered(allowed.keys().get(0).exchange().point());
            assertEquals(answer, site.ask(allowed));
            assertEquals(answer, site.ask(allowed));
            assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), site.ask(allowed));
            Device approved = site.device("approved");
            assertEquals(
                    new UnlockResult.Answered(approved.keys().get(0).exchange().point()), site.ask(approved));
            assertEquals(new UnlockResult.Pending(), site.ask(approved));
            Device rotated = site.device("rotated");
            assertEquals(
                    new UnlockResult.Answered(
                            rotated.advertised().get(0).exchange().point()),
                    site.ask(rotated));
            assertTrue(site.service.history().verify().intact());
        } finally {
            site.close();
        }
    }

    @Test
    void isKeptOfEveryVersion() throws Exception {
        for (int version : versions().toArray()) {
            assertTrue(stored(version).rows("panocrypt_journal") > 10, "version " + version);
        }
    }
}
