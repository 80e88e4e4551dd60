package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static io.panocrypt.policy.TestService.attempt;
import static io.panocrypt.policy.TestService.kid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.clevis.TangPin;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.ThumbprintAlgorithm;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnlockTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private void assertRefused(Reason reason, String source) {
        assertEquals(new UnlockResult.Refused(reason), house.unlock(device, source));
        UnlockRecord row = house.last(device);
        assertEquals(Outcome.DENIED, row.outcome());
        assertEquals(reason, row.reason());
        assertEquals(Optional.empty(), row.spent());
    }

    @Nested
    class WhenPolicyAllows {
        @ParameterizedTest
        @EnumSource(Curve.class)
        void givesTheClientItsSecretBack(Curve curve) throws GeneralSecurityException {
            Device bound = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("bound").withCurve(curve));
            TangPin pin = house.bind(bound);
            assertTrue(house.boot(bound, pin, HOME));
            assertFalse(house.boot(bound, pin, AWAY));
            assertTrue(house.boot(bound, pin, "::ffff:10.0.0.9"));
        }

        @Test
        void recordsTheAnswer() {
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            UnlockRecord row = house.last(device);
            assertEquals(Outcome.ALLOWED, row.outcome());
            assertEquals(Reason.ALLOWED, row.reason());
            assertEquals(TestService.address(HOME), row.source());
            assertEquals(kid(device), row.kid());
            assertEquals(house.clock.instant(), row.time());
            assertEquals("node-1", row.node());
            assertEquals(1, row.count());
            assertEquals(GateResult.PASS, row.gates().get(Gate.APPROVAL));
        }

        @ParameterizedTest
        @EnumSource(ThumbprintAlgorithm.class)
        void knowsTheKeyByEachThumbprint(ThumbprintAlgorithm algorithm) {
            String kid = device.keys().get(0).exchange().thumbprint(algorithm);
            assertInstanceOf(UnlockResult.Answered.class, house.service.unlock(attempt(device.token(), kid, HOME)));
        }
    }

    @Nested
    class WhenPolicyRefuses {
        @Test
        void refusesForeignAndUnknownSources() {
            assertRefused(Reason.SOURCE_NOT_ALLOWED, AWAY);
            assertRefused(Reason.SOURCE_NOT_ALLOWED, "");
            assertEquals(Optional.empty(), house.last(device).source());
        }

        @Test
        void refusesDisabledDeviceUntilItIsEnabled() {
            house.service.devices().disable(OPERATOR, device.id());
            assertRefused(Reason.DISABLED, HOME);
            house.service.devices().enable(OPERATOR, device.id());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
        }

        @Test
        void refusesUnderLockdownUntilItIsLifted() {
            var lockdown = house.service.lockdowns().start(OPERATOR, List.of(), "incident");
            assertRefused(Reason.LOCKDOWN, HOME);
            house.service.lockdowns().lift(OPERATOR, lockdown.id());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
        }

        @Test
        void refusesTemporarilyDeniedSourceUntilTheDenyEnds() {
            house.service
                    .temporaryDenies()
                    .deny(
                            OPERATOR,
                            device.id(),
                            TestService.address(HOME).orElse(null),
                            Duration.ofMinutes(15),
                            "noise");
            assertRefused(Reason.TEMPORARY_DENY, HOME);
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, "10.0.0.2"));
            house.clock.advance(Duration.ofMinutes(15).minusMillis(1));
            assertRefused(Reason.TEMPORARY_DENY, HOME);
            house.clock.advance(Duration.ofMillis(1));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
        }

        @Test
        void liftsTemporaryDenies() {
            house.service.temporaryDenies().deny(OPERATOR, device.id(), null, Duration.ofMinutes(15), "theft");
            assertRefused(Reason.TEMPORARY_DENY, HOME);
            house.service.temporaryDenies().lift(OPERATOR, device.id());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            assertEquals(List.of(), house.service.temporaryDenies().of(device.id()));
        }

        @Test
        void refusesWhereApprovalIsRequiredAndNobodyCanGiveIt() {
            house.service
                    .devices()
                    .edit(OPERATOR, device.id(), 1, DeviceChange.none().withRequireApproval(true), false);
            assertRefused(Reason.NO_APPROVER, HOME);
        }
    }

    @Nested
    class WhenTheKeyIsNotThere {
        @Test
        void findsNothingUnderUnknownToken() {
            assertEquals(new UnlockResult.NotFound(), house.service.unlock(attempt("a".repeat(26), kid(device), HOME)));
            assertEquals(List.of(), house.history(device));
        }

        @Test
        void findsNothingUnderUnknownKid() {
            assertEquals(
                    new UnlockResult.NotFound(), house.service.unlock(attempt(device.token(), "a".repeat(43), HOME)));
            assertEquals(Reason.UNKNOWN_KEY, house.last(device).reason());
        }

        @Test
        void findsNothingUnderAnotherDevicesKid() {
            Device other = house.device("web-2");
            assertEquals(new UnlockResult.NotFound(), house.service.unlock(attempt(device.token(), kid(other), HOME)));
            assertEquals(Reason.UNKNOWN_KEY, house.last(device).reason());
            assertEquals(List.of(), house.history(other));
        }

        @Test
        void findsNothingOnRevokedDeviceAndRemembersTheAttempt() {
            house.service.devices().revoke(OPERATOR, device.id(), "web-1");
            assertEquals(new UnlockResult.NotFound(), house.unlock(device, HOME));
            assertEquals(Reason.REVOKED, house.last(device).reason());
        }

        @Test
        void keepsNoMoreOfKidThanAnyThumbprintHas() {
            house.service.unlock(attempt(device.token(), "x".repeat(60_000), HOME));
            assertEquals("x".repeat(86), house.last(device).kid());
        }
    }

    @Nested
    class WhenTheRequestIsWrong {
        @Test
        void refusesSigningKeyWithoutTrace() {
            String signing = device.keys().get(0).signing().kid();
            assertEquals(
                    new UnlockResult.NotAnExchangeKey(), house.service.unlock(attempt(device.token(), signing, HOME)));
            assertEquals(List.of(), house.history(device));
        }

        @Test
        void refusesInvalidPointsWithoutTraceAndSpendsNothing() {
            house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            String otherCurve =
                    new String(RecoveryRequest.encode(EcPoint.generator(Curve.P_384)), StandardCharsets.US_ASCII);
            String point =
                    new String(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)), StandardCharsets.US_ASCII);
            for (String body : List.of(
                    otherCurve,
                    point.replaceFirst("\"x\":\"a", "\"x\":\"b"),
                    point.replaceFirst("\"y\"", "\"z\""),
                    point.replaceFirst("P-256", "P-384"))) {
                UnlockAttempt wrong = new UnlockAttempt(
                        device.token(),
                        kid(device),
                        TestService.request(body.getBytes(StandardCharsets.US_ASCII)),
                        TestService.address(HOME));
                assertEquals(new UnlockResult.InvalidPoint(), house.service.unlock(wrong), body);
            }
            assertEquals(List.of(), house.history(device));
            assertEquals(1, house.service.allowances().open(device.id()).get(0).usesLeft());
        }
    }

    @Nested
    class DryRun {
        @Test
        void saysWhatWouldHappenAndChangesNothing() {
            house.service.devices().disable(OPERATOR, device.id());
            assertEquals(
                    Reason.DISABLED,
                    house.service
                            .dryRun(device.id(), TestService.address(HOME).orElse(null))
                            .reason());
            house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            var decision =
                    house.service.dryRun(device.id(), TestService.address(HOME).orElse(null));
            assertEquals(Reason.ALLOWED_ONCE, decision.reason());
            assertEquals(GateResult.SKIPPED, decision.gates().get(Gate.STATE));
            assertEquals(
                    Reason.SOURCE_NOT_ALLOWED,
                    house.service
                            .dryRun(device.id(), TestService.address(AWAY).orElse(null))
                            .reason());
            assertEquals(
                    Reason.SOURCE_NOT_ALLOWED,
                    house.service.dryRun(device.id(), null).reason());
            assertEquals(List.of(), house.history(device));
            assertEquals(1, house.service.allowances().open(device.id()).get(0).usesLeft());
            assertEquals(2, house.current(device).version());
        }

        @Test
        void knowsRevokedDevices() {
            house.service.devices().revoke(OPERATOR, device.id(), "web-1");
            assertEquals(
                    Reason.REVOKED,
                    house.service
                            .dryRun(device.id(), TestService.address(HOME).orElse(null))
                            .reason());
        }
    }

    @Nested
    class Allowances {
        @Test
        void unlockDisabledDeviceOnce() {
            house.service.devices().disable(OPERATOR, device.id());
            var granted = house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            assertEquals(Reason.ALLOWED_ONCE, house.last(device).reason());
            assertEquals(Optional.of(granted.id()), house.last(device).spent());
            assertRefused(Reason.DISABLED, HOME);
            assertEquals(List.of(), house.service.allowances().open(device.id()));
        }

        @Test
        void giveEachVolumeOneAnswer() {
            Device three = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("three").withVolumes(3));
            house.service.devices().disable(OPERATOR, three.id());
            house.service.allowances().grant(OPERATOR, three.id(), AllowanceRequest.defaults());
            for (int i = 0; i < 3; i++) {
                assertInstanceOf(UnlockResult.Answered.class, house.unlock(three, HOME));
            }
            assertEquals(new UnlockResult.Refused(Reason.DISABLED), house.unlock(three, HOME));
        }

        @Test
        void areNotSpentByRefusals() {
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withSource(AWAY));
            assertRefused(Reason.SOURCE_NOT_ALLOWED, AWAY);
            assertRefused(Reason.SOURCE_NOT_ALLOWED, "");
            assertEquals(1, house.service.allowances().open(device.id()).get(0).usesLeft());
        }

        @Test
        void letInOneSourceThatPolicyRefuses() {
            house.service
                    .allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults().withSource(AWAY).withSkips(AllowanceSkip.SOURCE));
            assertRefused(Reason.SOURCE_NOT_ALLOWED, "192.0.2.2");
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, AWAY));
            assertRefused(Reason.SOURCE_NOT_ALLOWED, AWAY);
        }

        @Test
        void endToTheMillisecond() {
            house.service.devices().disable(OPERATOR, device.id());
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(2));
            house.clock.advance(Duration.ofMinutes(60).minusMillis(1));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            house.clock.advance(Duration.ofMillis(1));
            assertRefused(Reason.DISABLED, HOME);
        }

        @Test
        void doNotServeBeforeTheirTimeWhenTheClockJumpsBack() {
            house.service.devices().disable(OPERATOR, device.id());
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(2));
            house.clock.advance(Duration.ofMillis(-2000));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            house.clock.advance(Duration.ofMillis(-1));
            assertEquals(new UnlockResult.Refused(Reason.DISABLED), house.unlock(device, HOME));
        }

        @Test
        void endWhenCancelled() {
            house.service.devices().disable(OPERATOR, device.id());
            var granted = house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            house.service.allowances().cancel(OPERATOR, device.id(), granted.id());
            assertRefused(Reason.DISABLED, HOME);
        }
    }
}
