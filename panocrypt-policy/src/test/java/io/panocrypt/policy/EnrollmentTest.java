package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.net.Cidr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollmentTest {
    private static final DeviceChange DEFAULTS =
            DeviceChange.none().withSources("10.0.0.0/24").withCurve(Curve.P_256);

    private final TestService house = new TestService();
    private final EnrollmentKeys keys = house.service.enrollmentKeys();

    @AfterEach
    void close() {
        house.close();
    }

    private EnrollmentKeys.Issued issue(EnrollmentKeyRequest wanted) {
        return keys.create(OPERATOR, wanted);
    }

    private static EnrollmentKeyRequest wanted() {
        return EnrollmentKeyRequest.of("rack-4", DEFAULTS);
    }

    private static EnrollmentAttempt attempt(EnrollmentKeys.Issued key, String name) {
        return new EnrollmentAttempt(key.secret(), name, TestService.address(HOME), false);
    }

    private Optional<Device> enroll(EnrollmentKeys.Issued key, String name) {
        return house.service.enroll(attempt(key, name));
    }

    private int usesLeft(EnrollmentKeys.Issued key) {
        return keys.get(key.key().id()).usesLeft();
    }

    private static void assertRefused(OperationException.Kind kind, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
    }

    @Nested
    class Key {
        @Test
        void lastsOneDayForOneActiveDeviceUnlessItSaysOtherwise() {
            EnrollmentKey key = issue(wanted()).key();
            assertEquals(1, key.uses());
            assertEquals(Duration.ofHours(24), Duration.between(key.created(), key.expires()));
            assertEquals(DeviceState.ACTIVE, key.initialState());
            assertFalse(key.registerSource());
            assertEquals(key, keys.get(key.id()));
            assertEquals(List.of(key), keys.list(null, 10).items());
        }

        @ParameterizedTest
        @CsvSource({
            "Rack, 1, PT1H, ACTIVE",
            "rack, 0, PT1H, ACTIVE",
            "rack, 10001, PT1H, ACTIVE",
            "rack, 1, PT0S, ACTIVE",
            "rack, 1, -PT1S, ACTIVE",
            "rack, 1, P367D, ACTIVE",
            "rack, 1, PT1H, DISABLED",
            "rack, 1, PT1H, REVOKED"
        })
        void isRefused(String name, int uses, Duration life, DeviceState state) {
            EnrollmentKeyRequest wrong = new EnrollmentKeyRequest(name, DEFAULTS, uses, life, null, state);
            assertRefused(OperationException.Kind.INVALID, () -> issue(wrong));
        }

        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15"})
        void isRefusedForOpenSourceUnlessApprovedOrAcknowledged(String block) {
            DeviceChange open = DEFAULTS.withSources(block);
            assertRefused(OperationException.Kind.INVALID, () -> issue(EnrollmentKeyRequest.of("open", open)));
            DeviceChange approved = open.withRequireApproval(true);
            assertTrue(
                    issue(EnrollmentKeyRequest.of("approved", approved)).key().requireApproval());
            DeviceChange meant = new DeviceChange(null, null, open.sources(), null, null, true, null, null, null, null);
            EnrollmentKey key = issue(EnrollmentKeyRequest.of("meant", meant)).key();
            assertTrue(keys.warnings(key).stream().anyMatch(warning -> warning.contains("is wide")));
        }

        @Test
        void warnsOfNoSourceUnlessItRegistersOne() {
            EnrollmentKeyRequest bare = EnrollmentKeyRequest.of("bare", DeviceChange.none());
            assertEquals(
                    List.of(Validation.NO_SOURCES), keys.warnings(issue(bare).key()));
            EnrollmentKeyRequest registering =
                    EnrollmentKeyRequest.of("registering", DeviceChange.none()).withRegisterSource(true);
            assertEquals(List.of(), keys.warnings(issue(registering).key()));
        }

        @Test
        void hasNameOfItsOwnUntilItIsRevoked() {
            EnrollmentKeys.Issued key = issue(wanted());
            assertRefused(OperationException.Kind.TAKEN, () -> issue(wanted()));
            keys.revoke(OPERATOR, key.key().id());
            assertEquals(1, usesLeft(issue(wanted())));
        }

        @Test
        void keepsItsListsFromBeingDeleted() {
            var lists = house.service.networkAccessLists();
            String list = lists.create(OPERATOR, "office", List.of(Cidr.parse("192.0.2.0/24")), false)
                    .id();
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> issue(EnrollmentKeyRequest.of("none", DEFAULTS.withNetworkAccessLists("none"))));
            EnrollmentKeys.Issued key = issue(EnrollmentKeyRequest.of("listed", DEFAULTS.withNetworkAccessLists(list)));
            assertRefused(OperationException.Kind.CONFLICT, () -> lists.delete(OPERATOR, list));
            assertEquals(Set.of(list), enroll(key, "web-1").orElseThrow().networkAccessLists());
            house.service
                    .devices()
                    .revoke(
                            OPERATOR,
                            house.service
                                    .devices()
                                    .byName("web-1")
                                    .orElseThrow()
                                    .id(),
                            "web-1");
            keys.revoke(OPERATOR, key.key().id());
            lists.delete(OPERATOR, list);
        }

        @Test
        void isStoredHashed() {
            EnrollmentKeys.Issued key = issue(wanted());
            String body = house.memory
                    .get("enrollment-key", key.key().id())
                    .orElseThrow()
                    .body();
            assertFalse(body.contains(key.secret()), body);
            assertEquals(Optional.of(key.key()), keys.authenticate(key.secret()));
            assertEquals(Optional.empty(), keys.authenticate(TokenHash.of(key.secret())));
        }
    }

    @Nested
    class Enrolling {
        @Test
        void givesTheDeviceWhatTheKeySays() {
            DeviceChange all = new DeviceChange(
                    null, Set.of("Prod"), DEFAULTS.sources(), null, true, true, 3, "rack 4", Curve.P_256, null);
            Device device = enroll(issue(EnrollmentKeyRequest.of("rack-4", all)), "web-1")
                    .orElseThrow();
            assertEquals(device, house.current(device));
            assertEquals("web-1", device.name());
            assertEquals(Set.of("prod"), device.tags());
            assertEquals(List.of(new SourceRule(Cidr.parse("10.0.0.0/24"), false)), device.sources());
            assertTrue(device.requireApproval() && device.acknowledgeOpen());
            assertEquals(3, device.volumes());
            assertEquals("rack 4", device.notes());
            assertEquals(DeviceState.ACTIVE, device.state());
            assertEquals(Curve.P_256, device.keys().get(0).signing().point().curve());
        }

        @Test
        void makesDeviceThatBindsAndBoots() throws Exception {
            Device device = enroll(issue(wanted()), "web-1").orElseThrow();
            assertTrue(house.boot(device, house.bind(device), HOME));
        }

        @Test
        void leavesDeviceLockedUntilAnOperatorConfirms() throws Exception {
            Device device = enroll(issue(wanted().withInitialState(DeviceState.PENDING)), "web-1")
                    .orElseThrow();
            var pin = house.bind(device);
            house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            assertFalse(house.boot(device, pin, HOME));
            assertEquals(Reason.PENDING_CONFIRMATION, house.last(device).reason());
            assertTrue(house.service.devices().warnings(device).get(0).contains("confirmation"));
            house.service.devices().confirm(OPERATOR, device.id());
            assertTrue(house.boot(device, pin, HOME));
        }

        @Test
        void registersWhereItWasCalledFrom() {
            EnrollmentKeys.Issued key = issue(wanted().withRegisterSource(true).withUses(2));
            Device device = house.service
                    .enroll(new EnrollmentAttempt(key.secret(), "web-1", TestService.address(AWAY), false))
                    .orElseThrow();
            assertEquals(
                    List.of(new SourceRule(Cidr.parse("10.0.0.0/24"), false), new SourceRule(Cidr.parse(AWAY), true)),
                    device.sources());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, AWAY));
        }

        @Test
        void marksSourceThatItHadAlready() {
            EnrollmentKeys.Issued key = issue(
                    EnrollmentKeyRequest.of("one", DEFAULTS.withSources(HOME)).withRegisterSource(true));
            assertEquals(
                    List.of(new SourceRule(Cidr.parse(HOME), true)),
                    enroll(key, "web-1").orElseThrow().sources());
        }

        @ParameterizedTest
        @CsvSource({"'', false", "10.0.0.1, true", "'', true"})
        void refusesToRegisterSourceThatCannotBeTold(String source, boolean inDoubt) {
            EnrollmentKeys.Issued key = issue(wanted().withRegisterSource(true));
            EnrollmentAttempt attempt =
                    new EnrollmentAttempt(key.secret(), "web-1", TestService.address(source), inDoubt);
            assertRefused(OperationException.Kind.CONFLICT, () -> house.service.enroll(attempt));
            assertEquals(1, usesLeft(key));
        }

        @Test
        void needsNoSourceThatItDoesNotRegister() {
            EnrollmentKeys.Issued key = issue(wanted());
            assertTrue(house.service
                    .enroll(new EnrollmentAttempt(key.secret(), "web-1", Optional.empty(), true))
                    .isPresent());
        }

        @Test
        void spendsNothingOnNameThatIsTakenOrMalformed() {
            house.device("web-1");
            EnrollmentKeys.Issued key = issue(wanted());
            assertRefused(OperationException.Kind.TAKEN, () -> enroll(key, "web-1"));
            assertRefused(OperationException.Kind.INVALID, () -> enroll(key, "Web 1"));
            assertRefused(OperationException.Kind.INVALID, () -> enroll(key, ""));
            assertEquals(1, usesLeft(key));
            assertTrue(enroll(key, "web-2").isPresent());
        }

        @Test
        void knowsNoKeyThatIsSpentExpiredRevokedOrWrong() {
            EnrollmentKeys.Issued spent = issue(wanted());
            enroll(spent, "web-1");
            assertEquals(Optional.empty(), enroll(spent, "web-2"));
            assertEquals(Optional.empty(), enroll(spent, "web-1"), "not even that the name is taken");

            EnrollmentKeys.Issued revoked = issue(EnrollmentKeyRequest.of("revoked", DEFAULTS));
            keys.revoke(OPERATOR, revoked.key().id());
            assertEquals(Optional.empty(), enroll(revoked, "web-2"));

            EnrollmentKeys.Issued brief =
                    issue(EnrollmentKeyRequest.of("brief", DEFAULTS).withExpiresIn(Duration.ofMinutes(1)));
            house.clock.advance(Duration.ofSeconds(59));
            assertTrue(keys.authenticate(brief.secret()).isPresent());
            house.clock.advance(Duration.ofSeconds(1));
            assertEquals(Optional.empty(), enroll(brief, "web-2"));

            String administrator =
                    house.service.members().createFirstAdministrator().orElseThrow();
            assertEquals(
                    Optional.empty(),
                    house.service.enroll(
                            new EnrollmentAttempt(administrator, "web-2", TestService.address(HOME), false)));
            assertTrue(house.service.members().authenticate(brief.secret()).isEmpty());
        }

        @Test
        void standsInTheAuditWithKeyAndCaller() {
            EnrollmentKeys.Issued key = issue(wanted());
            Device device = enroll(key, "web-1").orElseThrow();
            AuditRecord row = house.service.history().audit(null, 1).items().get(0);
            assertEquals("device.enroll", row.action());
            assertEquals("enrollment-key/" + key.key().id(), row.actor());
            assertEquals(device.id(), row.objectId());
            assertTrue(row.after().contains("\"enrollmentKey\":\"rack-4\""), row.after());
            assertTrue(row.after().contains("\"source\":\"" + HOME + "\""), row.after());
        }

        @Test
        void tellsNoSecret() {
            EnrollmentKeys.Issued key = issue(wanted());
            enroll(key, "web-1");
            keys.revoke(OPERATOR, key.key().id());
            List<String> said = new ArrayList<>(List.of(
                    key.toString(), key.key().toString(), attempt(key, "web-1").toString()));
            house.memory.chain("node-1", 0, 1000).forEach(row -> said.add(row.toString()));
            assertTrue(said.size() >= 6);
            for (String text : said) {
                assertFalse(text.contains(key.secret()), text);
                assertFalse(text.contains(TokenHash.of(key.secret())), text);
            }
        }
    }

    @Nested
    class UnderConcurrency {
        private static final int CALLS = 40;
        private final ExecutorService threads = Executors.newFixedThreadPool(8);

        @AfterEach
        void stop() {
            threads.shutdownNow();
        }

        private List<Future<Optional<Device>>> storm(List<Panocrypt> nodes, EnrollmentKeys.Issued key) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Optional<Device>>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                Panocrypt node = nodes.get(i % nodes.size());
                EnrollmentAttempt attempt = attempt(key, "web-" + i);
                calls.add(threads.submit(() -> {
                    start.await();
                    return node.enroll(attempt);
                }));
            }
            start.countDown();
            return calls;
        }

        private int enrolled(List<Future<Optional<Device>>> calls) throws Exception {
            int enrolled = 0;
            for (Future<Optional<Device>> call : calls) {
                enrolled += call.get().isPresent() ? 1 : 0;
            }
            return enrolled;
        }

        private int devices() {
            return house.service
                    .devices()
                    .list(Devices.Filter.ALL, null, 1000)
                    .items()
                    .size();
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 7, 100})
        void enrolsExactlyAsManyAsTheKeyAdmitsOnTwoNodes(int uses) throws Exception {
            EnrollmentKeys.Issued key = issue(wanted().withUses(uses));
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                int enrolled = enrolled(storm(List.of(house.service, other), key));
                assertEquals(Math.min(uses, CALLS), enrolled);
                assertEquals(enrolled, devices());
                assertEquals(uses - enrolled, usesLeft(key));
            }
        }

        @Test
        void enrolsNothingOnceRevokingHasReturned() throws Exception {
            EnrollmentKeys.Issued key = issue(wanted().withUses(CALLS));
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                List<Future<Optional<Device>>> calls = storm(List.of(house.service, other), key);
                other.enrollmentKeys().revoke(OPERATOR, key.key().id());
                int before = devices();
                assertEquals(before, enrolled(calls));
                assertEquals(before, devices());
            }
        }

        @Test
        void givesOneNameOnce() throws Exception {
            EnrollmentKeys.Issued key = issue(wanted().withUses(CALLS));
            List<Future<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(threads.submit(() -> {
                    try {
                        return enroll(key, "web-1").isPresent();
                    } catch (OperationException e) {
                        assertEquals(OperationException.Kind.TAKEN, e.kind());
                        return false;
                    }
                }));
            }
            int enrolled = 0;
            for (Future<Boolean> call : calls) {
                enrolled += call.get() ? 1 : 0;
            }
            assertEquals(1, enrolled);
            assertEquals(CALLS - 1, usesLeft(key));
        }
    }
}
