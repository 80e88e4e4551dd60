package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.internal.edit.RefusedSources;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.history.RefusedSource;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** An operator registers the address from which the machine was refused. */
class RegisterSourceTest {
    private static final String OTHER = "198.51.100.7";

    private final TestService house = new TestService();
    private final Devices devices = house.service.devices();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private Devices.Registration register(@Nullable String confirmed) {
        return devices.registerSource(
                Actor.HOST,
                device.id(),
                house.current(device).version(),
                confirmed == null ? null : IpAddress.parse(confirmed));
    }

    private String refused(OperationException.Kind kind, @Nullable String confirmed) {
        Device before = house.current(device);
        OperationException refusal = assertThrows(OperationException.class, () -> register(confirmed));
        assertEquals(kind, refusal.kind());
        assertEquals(before, house.current(device));
        return refusal.getMessage();
    }

    private String conflict(@Nullable String confirmed) {
        return refused(OperationException.Kind.CONFLICT, confirmed);
    }

    private Instant refuse(String source) {
        assertInstanceOf(UnlockResult.Refused.class, house.unlock(device, source));
        Instant time = house.clock.instant();
        house.clock.advance(Duration.ofSeconds(5));
        return time;
    }

    private static SourceRule rule(String cidr, boolean registered) {
        return new SourceRule(Cidr.parse(cidr), registered);
    }

    private Device moved() {
        return house.current(device);
    }

    @Test
    void admitsTheAddressThatWasRefusedLast() {
        refuse(OTHER);
        Instant time = refuse(TestService.AWAY);

        Devices.Registration done = register(null);

        assertEquals(new RefusedSource(IpAddress.parse(TestService.AWAY), time, 1, true), done.refused());
        assertEquals(moved(), done.device());
        assertEquals(List.of(rule("10.0.0.0/24", false), rule("192.0.2.1/32", true)), moved().sources());
        assertEquals(device.version() + 1, moved().version());
        assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, TestService.AWAY));
        refuse(OTHER);
    }

    @Test
    void showsBeforehandWhichItWouldBe() {
        refuse(OTHER);
        refuse(TestService.AWAY);
        Device before = moved();

        RefusedSource shown = devices.refusedSource(device.id());

        assertEquals(before, moved());
        assertEquals(shown, register(TestService.AWAY).refused());
    }

    /** Attempts that are only counted, in memory, are the latest all the same. */
    @Test
    void knowsRefusalsThatAreNotWrittenYet() {
        refuse(OTHER);
        refuse(TestService.AWAY);
        Instant again = refuse(OTHER);
        assertEquals(again, devices.refusedSource(device.id()).time());
        conflict(TestService.AWAY);
        register(OTHER);
    }

    @Test
    void passesOverOtherAttempts() {
        refuse(TestService.AWAY);
        house.unlock(device, TestService.HOME);
        devices.disable(Actor.HOST, device.id());
        refuse(OTHER);
        devices.enable(Actor.HOST, device.id());
        assertEquals(
                TestService.AWAY, devices.refusedSource(device.id()).source().toString());
    }

    /** Another machine may have asked since the operator looked, or a thief. */
    @Test
    void refusesAnAddressThatWasNotTheLast() {
        refuse(TestService.AWAY);
        refuse(OTHER);
        String told = conflict(TestService.AWAY);
        assertEquals(
                "the last attempt that was refused for its source came from 198.51.100.7, not from 192.0.2.1", told);
    }

    @Test
    void takesAMappedAddressForItself() {
        refuse("::ffff:" + TestService.AWAY);
        assertEquals(
                TestService.AWAY, register(TestService.AWAY).refused().source().toString());
    }

    @Test
    void isRecordedInTheAudit() {
        refuse(TestService.AWAY);
        register(null);
        AuditRecord row = house.service.history().audit(null, 1).items().get(0);
        assertEquals("device.register-source", row.action());
        assertEquals(device.id(), row.objectId());
        assertFalse(String.valueOf(row.before()).contains("192.0.2.1/32"), row.toString());
        assertTrue(
                String.valueOf(row.after()).contains("{\"cidr\":\"192.0.2.1/32\",\"registered\":true}"),
                row.toString());
    }

    @Test
    void replacesTheFormerOneAndKeepsTheRest() {
        refuse(TestService.AWAY);
        register(null);
        refuse(OTHER);
        register(null);
        assertEquals(List.of(rule("10.0.0.0/24", false), rule(OTHER + "/32", true)), moved().sources());
        refuse(TestService.AWAY);
    }

    @Test
    void replacesTheOneOfTheEnrolment() {
        EnrollmentKeyRequest wanted = EnrollmentKeyRequest.of(
                        "rack", DeviceChange.none().withCurve(Curve.P_256))
                .withRegisterSource(true);
        String secret =
                house.service.enrollmentKeys().create(Actor.HOST, wanted).secret();
        Device enrolled = house.service
                .enroll(new EnrollmentAttempt(secret, "web-2", Optional.of(IpAddress.parse(OTHER)), false))
                .orElseThrow();
        house.unlock(enrolled, TestService.AWAY);
        Device after = devices.registerSource(Actor.HOST, enrolled.id(), enrolled.version(), null)
                .device();
        assertEquals(List.of(rule("192.0.2.1/32", true)), after.sources());
    }

    @Test
    void marksABlockThatIsThereAlready() {
        refuse(TestService.AWAY);
        DeviceChange same = DeviceChange.none().withSources(TestService.AWAY, "10.0.0.0/24");
        devices.edit(Actor.HOST, device.id(), moved().version(), same, false);
        register(null);
        assertEquals(List.of(rule("10.0.0.0/24", false), rule("192.0.2.1/32", true)), moved().sources());
    }

    @Nested
    class IsRefused {
        @Test
        void whereItIsRegisteredAlready() {
            refuse(TestService.AWAY);
            register(null);
            assertEquals("192.0.2.1 is the device's registered source already", conflict(null));
        }

        @Test
        void withoutARefusedAttempt() {
            house.unlock(device, TestService.HOME);
            String told = conflict(null);
            assertTrue(told.startsWith("none of the last 1 entries"), told);
            assertEquals(
                    told,
                    assertThrows(OperationException.class, () -> devices.refusedSource(device.id()))
                            .getMessage());
        }

        @Test
        void whereTheRefusalIsOlderThanWhatIsSearched() {
            refuse(TestService.AWAY);
            house.unlock(device, TestService.HOME);
            JournalEntry last = house.memory.chain("node-1", 0, 1000).stream()
                    .map(row -> row.entry())
                    .filter(entry -> entry.kind() == JournalEntry.Kind.UNLOCK)
                    .reduce((older, newer) -> newer)
                    .orElseThrow();
            IntStream.range(0, RefusedSources.SEARCHED)
                    .forEach(i -> house.memory.write(StoreWrite.of(new JournalEntry(
                                    "copy-" + i, last.kind(), last.time(), last.deviceId(), last.body()))
                            .build()));
            String told = conflict(null);
            assertTrue(told.startsWith("none of the last 1000 entries"), told);
        }

        @Test
        void ofAnUnknownSource() {
            refuse(TestService.AWAY);
            refuse("");
            String told = conflict(null);
            assertTrue(told.contains("from an unknown address at "), told);
            conflict(TestService.AWAY);
        }

        @Test
        void ofADeviceThatIsRevoked() {
            refuse(TestService.AWAY);
            devices.revoke(Actor.HOST, device.id(), device.name());
            assertEquals("the device is revoked", conflict(null));
            assertThrows(OperationException.class, () -> devices.refusedSource(device.id()));
        }

        @Test
        void whereTheDeviceHasChangedSince() {
            refuse(TestService.AWAY);
            long seen = device.version();
            devices.disable(Actor.HOST, device.id());
            Device before = moved();
            OperationException refusal = assertThrows(
                    OperationException.class, () -> devices.registerSource(Actor.HOST, device.id(), seen, null));
            assertEquals(OperationException.Kind.STALE, refusal.kind());
            assertEquals("the device is at version 2", refusal.getMessage());
            assertEquals(before, moved());
        }

        @Test
        void whereThereIsNoRoom() {
            refuse(TestService.AWAY);
            String[] all = IntStream.range(0, Validation.MAX_CIDRS)
                    .mapToObj(i -> "10.0." + i + ".0/24")
                    .toArray(String[]::new);
            DeviceChange full = DeviceChange.none().withSources(all);
            devices.edit(Actor.HOST, device.id(), moved().version(), full, false);
            refused(OperationException.Kind.INVALID, null);
        }
    }

    /** Above ten refusals a minute, those of several sources share an entry. */
    @Test
    void saysWhereItCannotCountTheOthers() {
        for (int i = 1; i <= 14; i++) {
            house.unlock(device, "198.51.100." + i);
        }
        house.clock.advance(Duration.ofMinutes(2));
        house.service.history().flush();
        house.clock.advance(Duration.ofMinutes(1));
        refuse(TestService.AWAY);
        RefusedSource shown = devices.refusedSource(device.id());
        assertEquals(10, shown.otherSources());
        assertFalse(shown.complete());
    }
}
