package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.keys.KeyGeneration;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.model.keys.KeyReport;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.support.MutableClock;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses of keys are read from the journal of each store alike, by two nodes. */
class KeyUseStoresTest {
    private static final IpAddress SOURCE = IpAddress.parse("192.0.2.7");

    @TempDir
    private Path folder;

    private static UnlockAttempt attempt(Device device) throws Exception {
        byte[] body = RecoveryRequest.encode(EcPoint.generator(Curve.P_256));
        return new UnlockAttempt(
                device.token(),
                device.advertised().get(0).exchange().kid(),
                RecoveryRequest.parse(body),
                Optional.of(SOURCE));
    }

    private Panocrypt service(Store store, MutableClock clock, MasterKey master) {
        return Panocrypt.builder()
                .store(store)
                .custody(SealedKeyCustody.of(master))
                .publicUrl(URI.create("http://192.0.2.80"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .build();
    }

    private void check(SharedStoreFixture fixture, MutableClock clock) throws Exception {
        try (fixture;
                MasterKey master = MasterKey.create(folder.resolve("master-key"), new SecureRandom());
                Panocrypt one = service(fixture.store(), clock, master);
                Panocrypt two = service(fixture.anotherNode().orElseThrow(), clock, master)) {
            List<Device> old = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                old.add(one.devices()
                        .create(
                                Actor.HOST,
                                DeviceChange.none()
                                        .withName("web-" + i)
                                        .withSources("192.0.2.0/24")
                                        .withCurve(Curve.P_256)));
            }
            for (Device device : old) {
                one.devices().rotateKeys(Actor.HOST, device.id());
            }
            for (int i = 0; i < 30; i++) {
                Panocrypt node = i % 2 == 0 ? one : two;
                assertInstanceOf(UnlockResult.Answered.class, node.unlock(attempt(old.get(i))));
            }
            KeyReport report = two.keys().report(null, null, null, 100);
            assertEquals(40, report.withHidden());
            assertEquals(30, report.usingHidden());
            assertEquals(0, report.unproven());
            assertTrue(report.current());
            assertEquals(30, report.page().items().size());
            KeyGeneration used = one.keys().generations(old.get(3).id()).get(0);
            assertEquals(Optional.of(SOURCE), used.lastUse().orElseThrow().source());
            assertTrue(one.keys().generations(old.get(35).id()).get(0).provablyUnused());
            KeyJob job = one.keys().start(Actor.HOST, KeyJob.Act.ROTATE, Set.of("a=b"), Duration.ZERO, 60);
            assertEquals(job, two.keys().job(job.id()));
            assertEquals(
                    KeyJob.State.CANCELLED,
                    two.keys().cancel(Actor.HOST, job.id()).state());
        }
    }

    @Test
    void onSqlite() throws Exception {
        MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
        check(SqliteFixture.ofFile(clock), clock);
    }

    @Test
    void onPostgresql() throws Exception {
        MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
        check(PostgresqlFixture.following(clock), clock);
    }

    @Test
    void onH2() throws Exception {
        MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
        check(new H2Fixture(clock), clock);
    }
}
