package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.BackupFile;
import io.panocrypt.policy.Lockdowns;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.backup.BackupReport;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of each store, taken while it is used, is restored into each other one, and holds the same there. */
class BackupStoresTest {
    private static final List<String> KINDS = List.of("device", "network-access-list", "lockdown", "member", "site");

    @TempDir
    Path folder = Path.of("");

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T12:00:00Z"));
    private final List<StoreFixture> opened = new ArrayList<>();
    private MasterKey master;

    @BeforeEach
    void makeTheKey() throws IOException {
        master = MasterKey.create(folder.resolve("master-key"), new SecureRandom());
    }

    @AfterEach
    void close() throws IOException {
        for (StoreFixture fixture : opened) {
            fixture.close();
        }
        master.close();
    }

    /** Opens a store of some kind. */
    private interface Kind {
        StoreFixture open(MutableClock clock) throws Exception;
    }

    private Store store(Kind kind) throws Exception {
        StoreFixture fixture = kind.open(clock);
        opened.add(fixture);
        return fixture.store();
    }

    private static StoreFixture memory(MutableClock clock) {
        return StoreFixture.inMemory(new MemoryStore(clock, "node-a"), "node-a");
    }

    private Panocrypt service(Store store) {
        return Panocrypt.builder()
                .store(store)
                .custody(SealedKeyCustody.of(master))
                .backupKey(master)
                .publicUrl(URI.create("http://192.0.2.80"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .build();
    }

    @Test
    void goesFromMemoryToSqliteToH2AndBack() throws Exception {
        goRound(List.of(BackupStoresTest::memory, SqliteFixture::ofFile, H2Fixture::new, BackupStoresTest::memory));
    }

    @Test
    @Tag("long")
    void goesFromSqliteToPostgresqlAndBack() throws Exception {
        goRound(List.of(SqliteFixture::ofFile, PostgresqlFixture::following, SqliteFixture::ofFile));
    }

    /** Restores each backup into the next kind of store, and edits it there while the next backup is taken. */
    private void goRound(List<Kind> kinds) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Store store = store(kinds.get(0));
        List<Device> devices;
        try (Panocrypt service = service(store)) {
            devices = fill(service, random);
        }
        for (Kind next : kinds.subList(1, kinds.size())) {
            Path file = folder.resolve("backup-" + opened.size());
            try (Panocrypt service = service(store)) {
                backup(service, devices, file, random);
            }
            Store target = store(next);
            List<JournalRow> expected = restore(file, target);
            assertHolds(expected, target, "seed " + seed);
            try (Panocrypt service = service(target)) {
                assertInstanceOf(UnlockResult.Unavailable.class, service.unlock(attempt(devices.get(1))));
                service.fence()
                        .lift(Actor.HOST, service.fence().find().orElseThrow().backupId());
                assertInstanceOf(UnlockResult.Answered.class, service.unlock(attempt(devices.get(1))), "seed " + seed);
                assertEquals(List.of(), service.allowances().open(devices.get(0).id()));
                assertTrue(service.history().verify().intact(), "seed " + seed);
                service.allowances().grant(Actor.HOST, devices.get(0).id(), AllowanceRequest.defaults());
            }
            store = target;
        }
    }

    private static List<Device> fill(Panocrypt service, Random random) {
        String list = service.networkAccessLists()
                .create(Actor.HOST, "office", List.of(Cidr.parse("10.0.0.0/24")), false)
                .id();
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            DeviceChange wanted = DeviceChange.none()
                    .withName("web-" + i)
                    .withTags("n=" + random.nextInt(5))
                    .withNetworkAccessLists(list)
                    .withCurve(Curve.P_256);
            devices.add(service.devices().create(Actor.HOST, wanted));
        }
        service.members().createFirstAdministrator();
        service.lockdowns().start(Actor.HOST, List.of("elsewhere"), "test");
        service.allowances().grant(Actor.HOST, devices.get(0).id(), AllowanceRequest.defaults());
        for (int i = 0; i < 30; i++) {
            service.unlock(attempt(devices.get(random.nextInt(devices.size()))));
        }
        return devices;
    }

    private static UnlockAttempt attempt(Device device) {
        try {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)));
            String kid = device.advertised().get(0).exchange().kid();
            return new UnlockAttempt(device.token(), kid, request, Optional.of(IpAddress.parse("10.0.0.7")));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void backup(Panocrypt service, List<Device> devices, Path file, Random random) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Lockdowns lockdowns = service.lockdowns();
        Thread traffic = new Thread(() -> {
            while (!over.get()) {
                Device device = devices.get(2 + random.nextInt(devices.size() - 2));
                service.unlock(attempt(device));
                Device now = service.devices().get(device.id());
                DeviceChange change = DeviceChange.none().withTags("n=" + random.nextInt(1000));
                service.devices().edit(Actor.HOST, now.id(), now.version(), change, true);
                lockdowns.lift(
                        Actor.HOST,
                        lockdowns.start(Actor.HOST, List.of("other"), "test").id());
                LockSupport.parkNanos(20_000_000);
            }
        });
        traffic.start();
        try (OutputStream out = Files.newOutputStream(file)) {
            service.backups().write(Actor.HOST, out);
        } finally {
            over.set(true);
            traffic.join();
        }
    }

    /** @return the journal in the backup */
    private List<JournalRow> restore(Path file, Store target) throws IOException {
        try (BackupFile backup = BackupFile.open(file, master)) {
            BackupReport report = backup.verify(SealedKeyCustody.of(master));
            assertTrue(report.isGood(), report.toString());
            backup.restore(target, clock);
            List<JournalRow> rows = rows(target);
            // The last one says that it was restored.
            JournalRow last = Collections.max(rows, (a, b) -> Long.compare(a.sequence(), b.sequence()));
            assertTrue(last.entry().body().contains("site.restore"), last.toString());
            assertEquals(report.journal().rows(), rows.size() - 1L);
            return rows;
        }
    }

    private static List<JournalRow> rows(Store store) {
        return store.heads().stream()
                .flatMap(head -> store.chain(head.chain(), 0, 1_000).stream())
                .toList();
    }

    /** Each device is as its last audit entry says, and found by its terms. */
    private static void assertHolds(List<JournalRow> journal, Store target, String seed) {
        for (String kind : KINDS) {
            List<PolicyRecord> records = target.scan(kind, null, null, 1_000);
            assertFalse(records.isEmpty(), kind);
            for (PolicyRecord record : records) {
                record.uniqueTerms().forEach(term -> assertEquals(Optional.of(record), target.find(kind, term), seed));
                record.terms()
                        .forEach(term ->
                                assertTrue(target.scan(kind, term, null, 1_000).contains(record), seed));
            }
        }
        for (PolicyRecord device : target.scan("device", null, null, 1_000)) {
            long edits = journal.stream()
                    .filter(row -> device.id().equals(row.entry().deviceId()))
                    .filter(row -> row.entry().body().matches("(?s).*\"device[.](create|edit)\".*"))
                    .count();
            assertEquals(edits, device.version(), seed);
        }
        assertEquals(
                journal.stream().map(JournalRow::chain).distinct().count(),
                target.heads().stream().map(ChainHead::chain).count());
    }
}
