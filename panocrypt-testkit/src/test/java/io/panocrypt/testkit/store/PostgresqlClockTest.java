package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two services on one PostgreSQL while the clock of one jumps: the server's clock decides about a grant's window. */
class PostgresqlClockTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
    private static final Actor OPERATOR = Actor.HOST;
    private static final Duration JUST_BEFORE = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private final MutableClock server = new MutableClock(START);
    private final MutableClock steady = new MutableClock(START);
    private final MutableClock jumpy = new MutableClock(START);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private String schema;
    private SealedKeyCustody custody;
    private Panocrypt here;
    private Panocrypt there;
    private Device device;

    @BeforeEach
    void openNodes() throws Exception {
        schema = PostgresqlServer.get().newSchema();
        SecureRandom random = new SecureRandom();
        MasterKey master = MasterKey.create(directory.resolve("master-key"), random);
        opened.add(0, master);
        custody = new SealedKeyCustody(master, new JcaEngine(random), random);
        ServerClock time = new ServerClock(server, pool());
        here = node(time, "here", steady);
        there = node(time, "there", jumpy);
    }

    @AfterEach
    void closeNodes() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        PostgresqlServer.get().drop(schema);
    }

    private HikariDataSource pool() {
        HikariDataSource pool = PostgresqlServer.get().pool(schema, 4);
        opened.add(0, pool);
        return pool;
    }

    private Panocrypt node(ServerClock time, String name, MutableClock own) {
        JdbcStore store = JdbcStore.open(
                time.between(pool()), Dialect.POSTGRESQL, name, own, JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
        opened.add(0, store);
        Panocrypt node = Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(URI.create("http://192.0.2.80"))
                .clock(store.clock())
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .build();
        opened.add(0, node);
        return node;
    }

    /** Advances every clock. */
    private void pass(Duration length) {
        List.of(server, steady, jumpy).forEach(clock -> clock.advance(length));
    }

    private UnlockResult ask(Panocrypt node) throws Exception {
        return node.unlock(new UnlockAttempt(
                device.token(),
                device.advertised().get(0).exchange().kid(),
                RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256))),
                Optional.of(IpAddress.parse("10.0.0.1"))));
    }

    private void assertAnswered(Panocrypt... nodes) throws Exception {
        for (Panocrypt node : nodes) {
            assertInstanceOf(UnlockResult.Answered.class, ask(node));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void keepsAnAllowanceToItsHourOnTheServersClock(Duration jump) throws Exception {
        device = here.devices()
                .create(OPERATOR, DeviceChange.none().withName("d").withCurve(Curve.P_256));
        jumpy.advance(jump);
        for (Panocrypt grantor : List.of(there, here)) {
            grantor.allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults()
                                    .withUses(32)
                                    .withExpiresIn(Duration.ofHours(1))
                                    .withSource("10.0.0.1")
                                    .withSkips(AllowanceSkip.SOURCE));
            assertAnswered(here, there);
            jumpy.advance(jump.negated());
            assertAnswered(here, there);
            pass(Duration.ofHours(1).minus(JUST_BEFORE));
            assertAnswered(here, there);
            jumpy.advance(jump);
            assertAnswered(here, there);
            pass(JUST_BEFORE);
            for (Duration more : List.of(Duration.ZERO, jump.multipliedBy(-2))) {
                jumpy.advance(more);
                assertInstanceOf(UnlockResult.Refused.class, ask(here));
                assertInstanceOf(UnlockResult.Refused.class, ask(there));
            }
            jumpy.advance(jump.multipliedBy(2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void keepsAnApprovalToItsWindowOnTheServersClock(Duration jump) throws Exception {
        Member alice = here.members()
                .create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null)
                .member();
        here.approvalGroups().create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice.id()), 1));
        device = here.devices()
                .create(
                        OPERATOR,
                        DeviceChange.none()
                                .withName("d")
                                .withTags("prod")
                                .withSources("10.0.0.1")
                                .withVolumes(8)
                                .withCurve(Curve.P_256));
        assertInstanceOf(UnlockResult.Pending.class, ask(there));
        jumpy.advance(jump);
        ApprovalRequest request = there.approvals()
                .list(ApprovalRequest.State.PENDING, null, 10)
                .items()
                .get(0);
        there.approvals().approve(alice, request.id(), "", List.of());
        assertAnswered(here, there);
        pass(Duration.ofMinutes(5).minus(JUST_BEFORE));
        assertAnswered(here, there);
        jumpy.advance(jump.negated());
        assertAnswered(here, there);
        pass(JUST_BEFORE);
        assertInstanceOf(UnlockResult.Pending.class, ask(there));
        assertInstanceOf(UnlockResult.Pending.class, ask(here));
        assertEquals(
                ApprovalRequest.State.EXPIRED,
                there.approvals().state(there.approvals().get(request.id())));
    }
}
