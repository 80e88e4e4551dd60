package io.panocrypt.benchmarks.load.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.exchange.Provisioning;
import io.panocrypt.crypto.exchange.Recovery;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** A store as left by a real start, with a fleet of three blocks. */
class FleetMakerTest {
    private static final Optional<IpAddress> HERE = Optional.of(IpAddress.parse("127.0.0.1"));
    private static final int DEVICES = 600;
    private static final int SHARED_KEYS = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private static Path data;

    private static Fleet fleet;
    private static JdbcStore store;
    private static Panocrypt service;
    private static MasterKey master;

    private final McCallumRelyea clevis = new McCallumRelyea(new StandardEngine(RANDOM));

    @BeforeAll
    static void makeFleetBetweenTwoStarts() throws Exception {
        MasterKey.create(data.resolve("master-key"), RANDOM).close();
        start();
        stop();
        fleet = make(DEVICES);
        start();
    }

    private static void start() throws IOException {
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + data.resolve("panocrypt.db"));
        store = JdbcStore.open(file, Dialect.SQLITE, "main", InstantSource.system(), SchemaMode.CREATE);
        master = MasterKey.load(data.resolve("master-key"));
        service = Panocrypt.builder()
                .store(store)
                .custody(new SealedKeyCustody(master, new StandardEngine(RANDOM), RANDOM))
                .publicUrl(URI.create("http://127.0.0.1"))
                .checkpointInterval(Duration.ZERO)
                .build();
    }

    @AfterAll
    static void stop() {
        service.close();
        store.close();
        master.close();
    }

    private static Fleet make(int devices) throws Exception {
        return new FleetMaker(
                        data,
                        number -> DeviceChange.none().withName("d-" + number).withSources("127.0.0.0/30"),
                        HERE)
                .make(devices);
    }

    private static PublicJwk key(Device device) {
        return device.keys().get(0).exchange();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SHARED_KEYS - 1, SHARED_KEYS, DEVICES - 1})
    void makesDevicesThatTheProductUnlocks(int number) throws Exception {
        Device device = service.devices().byName("d-" + number).orElseThrow();
        assertEquals(fleet.token(number), device.token());
        PublicJwk key = key(device);
        Provisioning bound = clevis.provision(key.point());
        try (Recovery recovery = clevis.blind(bound.clientPublic())) {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(recovery.request()));
            UnlockResult.Answered answered = assertInstanceOf(
                    UnlockResult.Answered.class,
                    service.unlock(new UnlockAttempt(device.token(), key.kid(), request, HERE)));
            assertEquals(bound.sharedPoint(), recovery.recover(key.point(), answered.point()));
        }
    }

    @Test
    void leavesARowForEachCreationAndEachUnlock() {
        Verification verified = service.history().verify();
        assertTrue(verified.intact(), verified::toString);
        assertTrue(verified.rows() > 2 * DEVICES, () -> "rows: " + verified.rows());
    }

    @Test
    void findsEverySharedKeyAmongTheFirst64Devices() {
        List<String> kids = service.devices().list(Devices.Filter.ALL, null, DEVICES).items().stream()
                .map(device -> key(device).kid())
                .toList();
        assertEquals(DEVICES, kids.size());
        Set<String> first = Set.copyOf(IntStream.range(0, SHARED_KEYS)
                .mapToObj(number -> key(service.devices().byName("d-" + number).orElseThrow())
                        .kid())
                .toList());
        assertEquals(SHARED_KEYS, first.size());
        assertEquals(first, Set.copyOf(kids));
    }

    @Test
    void refusesToMakeThemTwice() {
        assertThrows(IOException.class, () -> make(10));
    }

    @Test
    void readsAFleetAsItWasWritten() throws Exception {
        Path list = data.resolve("devices");
        fleet.write(list);
        Fleet read = Fleet.read(list);
        assertEquals(DEVICES, read.size());
        assertEquals(fleet.token(DEVICES - 1), read.token(DEVICES - 1));
    }
}
