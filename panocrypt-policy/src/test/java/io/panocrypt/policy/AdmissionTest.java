package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final UnlockResult LIMITED = new UnlockResult.Limited();

    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    /** Asks at one moment until the limit is reached. */
    private void exhaust(String source) {
        int asked = 1;
        while (!house.unlock(device, source).equals(LIMITED)) {
            assertTrue(asked++ < 20_000, "is never limited");
        }
    }

    private static long limited(List<UnlockResult> results) {
        return results.stream().filter(LIMITED::equals).count();
    }

    private List<Integer> counts(Reason reason) {
        return house.history(device).stream()
                .filter(row -> row.reason() == reason)
                .map(UnlockRecord::count)
                .toList();
    }

    private void disable() {
        house.service.devices().disable(OPERATOR, device.id());
    }

    private ApprovalRequest request() {
        return house.service.approvals().list(null, null, 10).items().get(0);
    }

    @Nested
    class Limits {
        @Test
        void leaveAHostAloneThatAsksSeventyFiveTimesAMinuteForThreeHours() {
            Duration pause = Duration.ofMillis(800);
            int attempts = 75 * 180;
            assertEquals(0, limited(house.loop(device, AWAY, attempts, pause)), "refused");
            disable();
            assertEquals(0, limited(house.loop(device, HOME, attempts, pause)), "disabled");
        }

        @Test
        void leaveAllVolumesOfAHostAlone() {
            Device many = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("many").withVolumes(32));
            for (int i = 0; i < 60; i++) {
                for (int volume = 0; volume < 32; volume++) {
                    assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), house.unlock(many, AWAY));
                }
                house.clock.advance(Duration.ofMillis(500));
            }
        }

        @Test
        void stopAThiefWhoAsksHundredTimesASecondAndNotTheOwner() {
            List<UnlockResult> thief = new ArrayList<>();
            for (int i = 0; i < 12_000; i++) {
                thief.add(house.unlock(device, AWAY));
                if (i % 80 == 0) {
                    assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
                }
                house.clock.advance(Duration.ofMillis(10));
            }
            assertTrue(limited(thief) > 3_000, limited(thief) + " of 12000");
        }

        @Test
        void stopAnAdmittedSourceToo() {
            disable();
            assertEquals(999, limited(house.loop(device, HOME, 11_000, Duration.ZERO)));
        }

        @Test
        void spareTheStoreAllWrites() {
            exhaust(AWAY);
            long before = house.written();
            assertEquals(1_000, limited(house.loop(device, AWAY, 1_000, Duration.ZERO)));
            assertEquals(before, house.written());
        }

        @Test
        void leaveAnAttemptAloneThatAGrantFits() {
            exhaust(AWAY);
            house.service
                    .allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults().withSource(AWAY).withSkips(AllowanceSkip.SOURCE));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, AWAY));
            assertEquals(LIMITED, house.unlock(device, AWAY));
        }

        @Test
        void spendNothing() {
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withSource("192.0.2.99"));
            exhaust(AWAY);
            assertEquals(1, house.service.allowances().open(device.id()).get(0).usesLeft());
        }

        @Test
        void leaveAnAttemptAloneThatAnApprovalFits() {
            Member alice = house.approverOf(device);
            exhaust(HOME);
            house.service.approvals().approve(alice, request().id(), "", List.of());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            assertEquals(LIMITED, house.unlock(device, HOME));
        }

        @Test
        void neverTellAnUnknownKeyOrARevokedDeviceApart() {
            exhaust(AWAY);
            assertEquals(
                    new UnlockResult.NotFound(),
                    house.service.unlock(TestService.attempt(device.token(), "a".repeat(43), AWAY)));
            house.service.devices().revoke(OPERATOR, device.id(), "web-1");
            assertEquals(new UnlockResult.NotFound(), house.unlock(device, AWAY));
            assertEquals(List.of(1), counts(Reason.UNKNOWN_KEY));
            assertEquals(List.of(1), counts(Reason.REVOKED));
        }

        @Test
        void areInTheHistoryWithTheirNumber() {
            long limited = limited(house.loop(device, AWAY, 8_000, Duration.ZERO));
            assertEquals(List.of((int) limited), counts(Reason.RATE_LIMITED));
            assertEquals(8_000, house.told(device));
            long before = house.written();
            house.service.history().flush();
            assertEquals(before + 2, house.written(), "those that were turned away, and those before them");
            UnlockRecord row = house.history(device).stream()
                    .filter(found -> found.reason() == Reason.RATE_LIMITED)
                    .findFirst()
                    .orElseThrow();
            assertEquals(Outcome.DENIED, row.outcome());
            assertEquals(TestService.address(AWAY), row.source());
            assertEquals(limited, row.count());
        }
    }

    @Nested
    class UnknownTokens {
        @Test
        void areNotStored() {
            long rows = house.memory.chain("node-1", 0, 1000).size();
            for (int i = 0; i < 5; i++) {
                house.service.unlock(TestService.attempt("a".repeat(26), TestService.kid(device), HOME));
            }
            house.service.history().flush();
            assertEquals(rows, house.memory.chain("node-1", 0, 1000).size());
        }
    }
}
