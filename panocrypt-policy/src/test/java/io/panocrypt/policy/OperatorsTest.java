package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static io.panocrypt.policy.TestService.kid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.clevis.TangPin;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorsTest {
    private final TestService house = new TestService();
    private final io.panocrypt.policy.Devices devices = house.service.devices();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private static OperationException assertRefused(OperationException.Kind kind, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        return refusal;
    }

    private void grant(Device to) {
        house.service.allowances().grant(OPERATOR, to.id(), AllowanceRequest.defaults());
    }

    private int open(Device of) {
        return house.service.allowances().open(of.id()).size();
    }

    @Nested
    class Editing {
        @Test
        void refusesStaleVersion() {
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("a"), false);
            assertRefused(
                    OperationException.Kind.STALE,
                    () -> devices.edit(
                            OPERATOR, device.id(), 1, DeviceChange.none().withTags("b"), false));
            assertEquals(Set.of("a"), house.current(device).tags());
        }

        @Test
        void actsOnTheNextAttempt() {
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withSources("192.0.2.0/24"), false);
            assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), house.unlock(device, HOME));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, AWAY));
        }

        @Test
        void asksBeforeItTakesApprovalAway() {
            DeviceChange less = DeviceChange.none().withRequireApproval(false);
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withRequireApproval(true), false);
            OperationException refusal = assertRefused(
                    OperationException.Kind.UNCONFIRMED, () -> devices.edit(OPERATOR, device.id(), 2, less, false));
            assertTrue(refusal.getMessage().contains("1 device"));
            assertFalse(devices.edit(OPERATOR, device.id(), 2, less, true).requireApproval());
        }

        @Test
        void lowersTagsWithoutRegardToLocale() {
            Device tagged =
                    devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("ROLE=Iota"), false);
            assertEquals(Set.of("role=iota"), tagged.tags());
        }

        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15", "::ffff:0:0/96"})
        void refusesOpenSourceUnlessApprovedOrAcknowledged(String block) {
            DeviceChange open = DeviceChange.none().withSources(block);
            assertRefused(OperationException.Kind.INVALID, () -> devices.edit(OPERATOR, device.id(), 1, open, false));
            assertEquals(
                    2,
                    devices.edit(OPERATOR, device.id(), 1, open.withRequireApproval(true), false)
                            .version());
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> devices.edit(
                            OPERATOR, device.id(), 2, DeviceChange.none().withRequireApproval(false), true));
            DeviceChange acknowledged = new DeviceChange(null, null, null, null, false, true, null, null, null, null);
            assertTrue(
                    devices.edit(OPERATOR, device.id(), 2, acknowledged, true).acknowledgeOpen());
        }

        @Test
        void warnsOfWideSources() {
            Device wide =
                    devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withSources("10.0.0.0/23"), false);
            assertTrue(devices.warnings(wide).stream().anyMatch(warning -> warning.contains("10.0.0.0/23")));
            assertEquals(List.of(), devices.warnings(device));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "A", "a_b", "a b", "\u0131", "a\n"})
        void refusesNames(String name) {
            assertRefused(OperationException.Kind.INVALID, () -> devices.create(OPERATOR, TestService.wanted(name)));
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 33})
        void refusesNumbersOfVolumes(int volumes) {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> devices.create(OPERATOR, TestService.wanted("x").withVolumes(volumes)));
        }

        @Test
        void refusesListThatDoesNotExist() {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> devices.create(OPERATOR, TestService.wanted("x").withNetworkAccessLists("none")));
        }

        @Test
        void refusesMoreListsThanAnybodyNeeds() {
            String[] ids = new String[65];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = "list-" + i;
            }
            OperationException refusal = assertRefused(
                    OperationException.Kind.INVALID,
                    () -> devices.create(OPERATOR, TestService.wanted("x").withNetworkAccessLists(ids)));
            assertEquals(List.of("at most 64 network access lists"), refusal.problems());
        }

        @Test
        void refusesTakenNameUntilItsHolderIsRevoked() {
            assertRefused(OperationException.Kind.TAKEN, () -> house.device("web-1"));
            devices.revoke(OPERATOR, device.id(), "web-1");
            Device next = house.device("web-1");
            assertNotEquals(device.id(), next.id());
            assertEquals(next.id(), devices.byName("web-1").orElseThrow().id());
            assertEquals(new UnlockResult.NotFound(), house.unlock(device, HOME));
        }
    }

    @Nested
    class Disabling {
        @Test
        void cancelsEarlierAllowancesAndNoLaterOne() {
            grant(device);
            devices.disable(OPERATOR, device.id());
            assertEquals(0, open(device));
            assertEquals(new UnlockResult.Refused(Reason.DISABLED), house.unlock(device, HOME));
            grant(device);
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            grant(device);
            devices.disable(OPERATOR, device.id());
            assertEquals(0, open(device));
        }

        @Test
        void leavesOtherDevicesAlone() {
            Device other = house.device("web-2");
            grant(other);
            devices.disable(OPERATOR, device.id());
            assertEquals(1, open(other));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(other, HOME));
        }
    }

    @Nested
    class Revoking {
        @Test
        void leavesNothingSealedInTheStore() {
            String sealed = house.memory
                    .get(PolicyRecord.DEVICE, device.id())
                    .orElseThrow()
                    .body();
            assertTrue(sealed.contains("\"sealed\""));
            devices.rotateKeys(OPERATOR, device.id());
            grant(device);
            devices.revoke(OPERATOR, device.id(), "web-1");
            String body = house.memory
                    .get(PolicyRecord.DEVICE, device.id())
                    .orElseThrow()
                    .body();
            assertFalse(body.contains("sealed"), "a sealed key is left");
            assertEquals(List.of(), house.current(device).keys());
            assertEquals(0, open(device));
            assertEquals(Optional.empty(), house.service.advertisement(device.token(), null));
        }

        @Test
        void isFinal() {
            devices.revoke(OPERATOR, device.id(), "web-1");
            String id = device.id();
            assertRefused(OperationException.Kind.CONFLICT, () -> devices.enable(OPERATOR, id));
            assertRefused(OperationException.Kind.CONFLICT, () -> devices.disable(OPERATOR, id));
            assertRefused(OperationException.Kind.CONFLICT, () -> devices.rotateKeys(OPERATOR, id));
            assertRefused(
                    OperationException.Kind.CONFLICT, () -> devices.edit(OPERATOR, id, 2, DeviceChange.none(), true));
            assertRefused(OperationException.Kind.CONFLICT, () -> grant(device));
            assertRefused(
                    OperationException.Kind.CONFLICT,
                    () -> house.service.temporaryDenies().deny(OPERATOR, id, null, Duration.ofMinutes(1), "c"));
            assertEquals(DeviceState.REVOKED, house.current(device).state());
        }

        @Test
        void wantsTheName() {
            assertRefused(OperationException.Kind.UNCONFIRMED, () -> devices.revoke(OPERATOR, device.id(), "web-2"));
            assertEquals(1, house.current(device).keys().size());
        }

        @Test
        void releasesItsNetworkAccessLists() {
            var list = house.service
                    .networkAccessLists()
                    .create(OPERATOR, "office", List.of(Cidr.parse("192.0.2.0/24")), false);
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withNetworkAccessLists(list.id()), false);
            assertRefused(
                    OperationException.Kind.CONFLICT,
                    () -> house.service.networkAccessLists().delete(OPERATOR, list.id()));
            devices.revoke(OPERATOR, device.id(), "web-1");
            house.service.networkAccessLists().delete(OPERATOR, list.id());
            assertEquals(
                    List.of(), house.service.networkAccessLists().list(null, 10).items());
        }
    }

    @Nested
    class Rotating {
        @Test
        void keepsOldBindingsAliveAndAdvertisesTheNewKeysOnly() throws GeneralSecurityException {
            TangPin bound = house.bind(device);
            String oldSigning = devices.thumbprint(device).orElseThrow();
            devices.rotateKeys(OPERATOR, device.id());
            Device rotated = house.current(device);
            assertTrue(house.boot(rotated, bound, HOME));
            Advertisement shown = Advertisement.parse(
                    house.service.advertisement(device.token(), null).orElseThrow());
            assertEquals(kid(rotated), shown.exchangeKey().kid());
            assertEquals(2, shown.keys().size());
            assertNotEquals(kid(device), kid(rotated));
            assertFalse(shown.isSignedBy(oldSigning));
            byte[] bySigner =
                    house.service.advertisement(device.token(), oldSigning).orElseThrow();
            assertEquals(shown.keySet(), Advertisement.parse(bySigner).keySet());
            assertTrue(new String(bySigner, java.nio.charset.StandardCharsets.US_ASCII).contains("signatures"));
            assertTrue(house.boot(rotated, house.bind(rotated), HOME));
        }

        @Test
        void neverSignsWithKeyThatIsNoSigningKey() {
            assertEquals(Optional.empty(), house.service.advertisement(device.token(), kid(device)));
            assertEquals(Optional.empty(), house.service.advertisement(device.token(), "a".repeat(43)));
            String foreign = devices.thumbprint(house.device("web-2")).orElseThrow();
            assertEquals(Optional.empty(), house.service.advertisement(device.token(), foreign));
        }

        @Test
        void destroysHiddenGenerationForEver() throws GeneralSecurityException {
            TangPin bound = house.bind(device);
            String oldSigning = devices.thumbprint(device).orElseThrow();
            assertRefused(
                    OperationException.Kind.CONFLICT, () -> devices.destroyGeneration(OPERATOR, device.id(), 1, null));
            devices.rotateKeys(OPERATOR, device.id());
            assertTrue(house.service.advertisement(device.token(), oldSigning).isPresent());
            devices.destroyGeneration(OPERATOR, device.id(), 1, null);
            assertFalse(house.boot(device, bound, HOME));
            assertEquals(Reason.UNKNOWN_KEY, house.last(device).reason());
            assertEquals(Optional.empty(), house.service.advertisement(device.token(), oldSigning));
            assertEquals(
                    3, devices.rotateKeys(OPERATOR, device.id()).keys().get(1).generation());
        }

        @Test
        void takesTheCurveThatTheDeviceNowWants() {
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withCurve(Curve.P_384), false);
            Device rotated = devices.rotateKeys(OPERATOR, device.id());
            assertEquals(
                    Curve.P_384, rotated.advertised().get(0).signing().point().curve());
            assertTrue(house.service.advertisement(device.token(), null).isPresent());
        }
    }
}
