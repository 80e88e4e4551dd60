package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.EachMinute;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rate limits and aggregation of refusals, with a complete service on each kind of store and a manual clock. */
class AdmissionTest {
    private static final Actor OPERATOR = Actor.HOST;
    private static final String HOME = "10.0.0.1";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final SecureRandom RANDOM = new SecureRandom();

    enum Kind {
        MEMORY,
        SQLITE
    }

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-02T03:04:05.678Z"));
    private MasterKey master;
    private JdbcStore sqlite;
    private Panocrypt service;
    private Member alice;
    private Device device;
    private Instant nextFlush;

    @BeforeEach
    void makeMasterKey() throws Exception {
        master = MasterKey.create(folder.resolve("master-key"), RANDOM);
    }

    @AfterEach
    void close() {
        service.close();
        if (sqlite != null) {
            sqlite.close();
        }
        master.close();
    }

    private void open(Kind kind) {
        if (kind == Kind.MEMORY) {
            service = service(new MemoryStore(clock, "node-a"));
        } else {
            reopen();
        }
        nextFlush = clock.instant().plus(MINUTE);
        alice = service.members()
                .create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null)
                .member();
        service.approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice.id()), 1));
    }

    /** Opens the file again, like a new process after a crash. */
    private void reopen() {
        sqlite = JdbcStore.open(
                SqliteFixture.file(folder.resolve("store.db")),
                Dialect.SQLITE,
                "node-a",
                clock,
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
        service = service(sqlite);
    }

    private Panocrypt service(Store store) {
        return Panocrypt.builder()
                .store(store)
                .custody(new SealedKeyCustody(master, new JcaEngine(RANDOM), RANDOM))
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .build();
    }

    private static DeviceChange wanted(String... sources) {
        return DeviceChange.none().withName("web-1").withSources(sources).withCurve(Curve.P_256);
    }

    private UnlockResult unlock(String source) {
        try {
            return service.unlock(new UnlockAttempt(
                    device.token(),
                    device.advertised().get(0).exchange().kid(),
                    RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256))),
                    Optional.of(IpAddress.parse(source))));
        } catch (RecoveryRequestException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Advances the time and runs the tasks of each minute. */
    private void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        while (!nextFlush.isAfter(end)) {
            clock.set(nextFlush);
            EachMinute.flush(service);
            EachMinute.checkpoint(service);
            nextFlush = nextFlush.plus(MINUTE);
        }
        clock.set(end);
    }

    private List<UnlockRecord> history() {
        return service.history().unlocks(device.id(), null, 1000).items();
    }

    private int sum() {
        return history().stream().mapToInt(UnlockRecord::count).sum();
    }

    private List<ApprovalRequest> requests() {
        return service.approvals().list(null, null, 1000).items();
    }

    @ParameterizedTest
    @CsvSource({"MEMORY, 500", "MEMORY, 5000", "SQLITE, 500", "SQLITE, 5000"})
    void keepsAHostThatWaitsForTenMinutesToOneRequestAndFourTrueRows(Kind kind, long pauseMillis) {
        open(kind);
        device = service.devices().create(OPERATOR, wanted("10.0.0.0/24").withTags("prod"));
        int attempts = (int) (Duration.ofMinutes(10).toMillis() / pauseMillis);
        for (int i = 0; i < attempts; i++) {
            assertEquals(new UnlockResult.Pending(), unlock(HOME));
            pass(Duration.ofMillis(pauseMillis));
        }
        assertEquals(1, requests().size());
        assertTrue(history().size() <= 4, history()::toString);
        assertEquals(attempts, sum());
        assertTrue(history().stream().allMatch(row -> row.outcome() == Outcome.PENDING));

        service.approvals().approve(alice, requests().get(0).id(), "", List.of());
        assertInstanceOf(UnlockResult.Answered.class, unlock(HOME));
        assertEquals(attempts + 1, requests().get(0).attempts());
        pass(MINUTE);
        assertEquals(Reason.APPROVED, history().get(0).reason());
        assertEquals(attempts + 1, sum());
        assertTrue(history().stream().noneMatch(row -> row.hash().isEmpty()), "all of it is written");
        assertTrue(service.history().verify().intact());
    }

    @Test
    void staysSmallUnderAFloodOfTenThousandSourcesAndServesTheOwner() {
        flood(Kind.MEMORY);
    }

    @Test
    @Tag("long")
    void staysSmallUnderAFloodOfTenThousandSourcesOnSqlite() {
        flood(Kind.SQLITE);
    }

    private void flood(Kind kind) {
        open(kind);
        DeviceChange admitting =
                DeviceChange.none().withSources("10.0.0.0/8").withTags("prod").withCurve(Curve.P_256);
        String secret = service.enrollmentKeys()
                .create(OPERATOR, EnrollmentKeyRequest.of("racks", admitting).withRegisterSource(true))
                .secret();
        device = service.enroll(new EnrollmentAttempt(secret, "web-1", Optional.of(IpAddress.parse(HOME)), false))
                .orElseThrow();
        int attempts = 0;
        for (int i = 0; i < 10_000; i++) {
            // Three quarters come from a network where policy requires approval.
            String network = i % 4 == 0 ? "192.168." : "10.9.";
            unlock(network + i / 250 + "." + (1 + i % 250));
            attempts++;
            pass(Duration.ofMillis(30));
            if (i == 5_000) {
                assertEquals(new UnlockResult.Pending(), unlock(HOME));
                attempts++;
            }
        }
        Map<Long, Integer> rows = new HashMap<>();
        history().stream()
                .filter(row -> row.source().isPresent())
                .forEach(row -> rows.merge(row.time().getEpochSecond() / 60, 1, Integer::sum));
        // Ten, plus those that opened a request, of which at most five are open.
        assertTrue(rows.values().stream().allMatch(count -> count <= 15), rows::toString);
        assertTrue(history().size() < 120, history().size() + " rows");
        assertEquals(attempts, sum());
        assertEquals(5, requests().size());
        ApprovalRequest mine = requests().stream()
                .filter(request -> request.source().equals(IpAddress.parse(HOME)))
                .findFirst()
                .orElseThrow();
        service.approvals().approve(alice, mine.id(), "", List.of());
        for (int i = 0; i < 500; i++) {
            unlock("10.9.200." + (1 + i % 250));
        }
        assertInstanceOf(UnlockResult.Answered.class, unlock(HOME));
        assertTrue(service.history().verify().intact());
    }

    @Test
    void losesNoMoreThanAMinuteOfCountsWhenTheNodeIsKilled() {
        open(Kind.SQLITE);
        device = service.devices().create(OPERATOR, wanted("10.0.0.0/24").withTags("prod"));
        for (int i = 0; i < 450; i++) {
            unlock(HOME);
            pass(Duration.ofMillis(500));
        }
        // Three flushes in 225 s. The service is not closed: the crash lost its memory.
        sqlite.close();
        reopen();
        assertTrue(sum() >= 360 && sum() < 450, sum() + " attempts");
        int known = sum();
        pass(Duration.ofMinutes(11));
        assertEquals(known, sum());
        assertTrue(history().stream().noneMatch(row -> row.hash().isEmpty()));
        assertTrue(service.history().verify().intact());
    }
}
