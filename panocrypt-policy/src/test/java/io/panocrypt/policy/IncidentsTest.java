package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentsTest {
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
    class LockingDown {
        @Test
        void cancelsAllowancesOfCoveredDevicesOnly() {
            Device both = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("both").withTags("a", "b"));
            Device one = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("one").withTags("a"));
            List.of(both, one, device).forEach(IncidentsTest.this::grant);
            house.service.lockdowns().start(OPERATOR, List.of("A", "b"), "incident");
            assertEquals(List.of(0, 1, 1), List.of(open(both), open(one), open(device)));
            assertEquals(new UnlockResult.Refused(Reason.LOCKDOWN), house.unlock(both, HOME));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(one, HOME));
            house.service.lockdowns().start(OPERATOR, List.of(), "worse");
            assertEquals(0, open(device));
            assertEquals(new UnlockResult.Refused(Reason.LOCKDOWN), house.unlock(one, HOME));
        }

        @Test
        void coversDeviceThatGetsItsTagsLater() {
            house.service.lockdowns().start(OPERATOR, List.of("a"), "incident");
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("a"), false);
            assertEquals(new UnlockResult.Refused(Reason.LOCKDOWN), house.unlock(device, HOME));
        }

        @Test
        void wantsReason() {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.lockdowns().start(OPERATOR, List.of(), " "));
        }
    }

    @Nested
    class Denying {
        @Test
        void cancelsAllowancesWhereTheWholeDeviceIsMeant() {
            grant(device);
            house.service
                    .temporaryDenies()
                    .deny(OPERATOR, device.id(), TestService.address(HOME).orElse(null), Duration.ofMinutes(1), "c");
            assertEquals(1, open(device));
            house.service.temporaryDenies().deny(OPERATOR, device.id(), null, Duration.ofMinutes(1), "c");
            assertEquals(0, open(device));
        }

        @Test
        void sweepsAwayWhatIsOver() {
            for (int i = 0; i < 3; i++) {
                house.service.temporaryDenies().deny(OPERATOR, device.id(), null, Duration.ofMinutes(1), "c" + i);
                house.clock.advance(Duration.ofMinutes(1));
            }
            assertEquals(1, house.service.temporaryDenies().of(device.id()).size());
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S", "P367D", "PT9223372036854775807S"})
        void refusesLengths(Duration length) {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.temporaryDenies().deny(OPERATOR, device.id(), null, length, "c"));
        }
    }

    @Nested
    class Allowing {
        @ParameterizedTest
        @CsvSource({"PT0S", "PT-1S", "P7DT0.001S", "PT9223372036854775807S", "PT-9223372036854775807S"})
        void refusesLives(Duration life) {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service
                            .allowances()
                            .grant(
                                    OPERATOR,
                                    device.id(),
                                    AllowanceRequest.defaults().withExpiresIn(life)));
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 33})
        void refusesUses(int uses) {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service
                            .allowances()
                            .grant(
                                    OPERATOR,
                                    device.id(),
                                    AllowanceRequest.defaults().withUses(uses)));
        }

        @Test
        void skipsSourceOnlyForNamedSourceOrAny() {
            AllowanceRequest bare = AllowanceRequest.defaults().withSkips(AllowanceSkip.SOURCE);
            var allowances = house.service.allowances();
            assertRefused(OperationException.Kind.INVALID, () -> allowances.grant(OPERATOR, device.id(), bare));
            for (String open : List.of("0.0.0.0/0", "::/0", "::ffff:0:0/96", "10.0.0.0/7")) {
                assertRefused(
                        OperationException.Kind.INVALID,
                        () -> allowances.grant(OPERATOR, device.id(), bare.withSource(open)));
            }
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> allowances.grant(
                            OPERATOR,
                            device.id(),
                            new AllowanceRequest(1, null, Optional.of(Cidr.parse(AWAY)), true, null)));
            assertTrue(allowances
                    .grant(OPERATOR, device.id(), bare.withAnySource())
                    .anySource());
            String audit = house.service.history().audit(null, 1).items().get(0).after();
            assertTrue(audit.contains("\"anySource\":true"), audit);
        }

        @Test
        void neverSkipsApprovalWhileNobodyIsAnEffectiveApprover() {
            assertRefused(
                    OperationException.Kind.FORBIDDEN,
                    () -> house.service
                            .allowances()
                            .grant(
                                    OPERATOR,
                                    device.id(),
                                    AllowanceRequest.defaults().withSkips(AllowanceSkip.APPROVAL)));
        }
    }
}
