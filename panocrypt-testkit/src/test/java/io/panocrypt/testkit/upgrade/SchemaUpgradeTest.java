package io.panocrypt.testkit.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Today's code on databases that the last release of each schema version made.
 *
 * <p>A new migration needs the database of the version before it, which {@link StoredSite} makes; from the release on, neither
 * that file nor the old migration may change.
 */
class SchemaUpgradeTest {
    private static final Instant LATER = StoredSite.MADE.plus(Duration.ofMinutes(1));

    @TempDir
    private Path folder;

    /** All versions up to today's. */
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
                mode,
                TestTimeout.MAX);
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
        Path file = folder.resolve("stored.db");
        stored(version).restore(file);
        return file;
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
        // The test of the check: an index that a migration forgot is seen.
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
    @MethodSource("versions")
    void keepsEverythingThatStoodThere(int version) throws Exception {
        StoredSite site = StoredSite.open(restored(version), LATER);
        try {
            assertTrue(site.service.history().verify().intact());
            assertEquals(
                    stored(version).rows("panocrypt_journal"),
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
            assertTrue(site.store.outbox(10).contains(StoredSite.NOTICE));
        } finally {
            site.close();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void givesWhatWasGrantedAndNoMore(int version) throws Exception {
        StoredSite site = StoredSite.open(restored(version), LATER);
        try {
            Device allowed = site.device("allowed");
            List<Allowance> open = site.service.allowances().open(allowed.id());
            assertEquals(List.of(2), open.stream().map(Allowance::usesLeft).toList());
            UnlockResult answer = new UnlockResult.Answered(
                    allowed.keys().get(0).exchange().publicKey().point());
            assertEquals(answer, site.ask(allowed));
            assertEquals(answer, site.ask(allowed));
            assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), site.ask(allowed));
            Device approved = site.device("approved");
            assertEquals(
                    new UnlockResult.Answered(
                            approved.keys().get(0).exchange().publicKey().point()),
                    site.ask(approved));
            assertEquals(new UnlockResult.Pending(), site.ask(approved));
            Device rotated = site.device("rotated");
            assertEquals(
                    new UnlockResult.Answered(
                            rotated.advertised().get(0).exchange().publicKey().point()),
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
