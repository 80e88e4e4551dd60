package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Attacks by a thief of the disk, who knows the unlock URL and the key's thumbprint from it. */
class ThiefTest {
    /** The thief's machine, in the owner's network. */
    private static final String NEXT_DOOR = "10.0.0.66";

    private final TestPeople household = new TestPeople();
    private final TestService house = household.house;
    private final Device server = household.server;

    @AfterEach
    void close() {
        household.close();
    }

    private void allow(AllowanceRequest wanted) {
        household.service.allowances().grant(OPERATOR, server.id(), wanted);
    }

    private long answersInHistory() {
        return house.history(server).stream()
                .filter(row -> row.outcome() == Outcome.ALLOWED)
                .count();
    }

    @Nested
    class PollingWhileAnAllowanceOpensForTheOwner {
        @BeforeEach
        void theOwnerHasDisabledTheServer() {
            household.service.devices().disable(OPERATOR, server.id());
        }

        @Test
        void getsNothingBeforeDuringOrAfterIt() {
            household.refuses(Reason.DISABLED, NEXT_DOOR);
            allow(AllowanceRequest.defaults().withSource(HOME));
            household.refuses(Reason.DISABLED, NEXT_DOOR);
            household.refuses(Reason.DISABLED, AWAY);
            household.opens(HOME);
            household.refuses(Reason.DISABLED, NEXT_DOOR);
            household.refuses(Reason.DISABLED, HOME);
        }

        @Test
        void getsNothingByBeingFaster() throws Exception {
            CountDownLatch polling = new CountDownLatch(1);
            CountDownLatch opened = new CountDownLatch(1);
            ExecutorService thief = Executors.newSingleThreadExecutor();
            try {
                Future<Boolean> luck = thief.submit(() -> {
                    boolean answered = false;
                    while (opened.getCount() > 0) {
                        answered |= house.unlock(server, NEXT_DOOR) instanceof UnlockResult.Answered;
                        polling.countDown();
                    }
                    return answered;
                });
                assertTrue(polling.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                for (int i = 0; i < 20; i++) {
                    allow(AllowanceRequest.defaults().withSource(HOME));
                    household.opens(HOME);
                }
                opened.countDown();
                assertFalse(luck.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            } finally {
                opened.countDown();
                thief.shutdownNow();
            }
            assertEquals(20, answersInHistory());
        }

        @Test
        void getsNothingByAskingFromNowhere() {
            allow(AllowanceRequest.defaults().withSource(HOME).withSkips(AllowanceSkip.DISABLED, AllowanceSkip.SOURCE));
            household.refuses(Reason.DISABLED, "");
            household.opens(HOME);
        }
    }

    @Nested
    class AskingWhereSomebodyMustApprove {
        @BeforeEach
        void aliceAndBobApprove() {
            household.group("ops", "prod", 1, household.alice, household.bob);
        }

        @Test
        void doesNotCollectWhatTheOwnerWasGiven() {
            household.waits(NEXT_DOOR);
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.waits(NEXT_DOOR);
            household.opens(HOME);
            household.waits(NEXT_DOOR);
        }

        @Test
        void asksNobodyFromAnAddressThatPolicyRefuses() {
            household.refuses(Reason.SOURCE_NOT_ALLOWED, AWAY);
            household.refuses(Reason.SOURCE_NOT_ALLOWED, "");
            assertEquals(List.of(), household.requests());
        }

        @Test
        void isMarkedWhenTheOwnerHasJustBooted() {
            household.waits(HOME);
            assertFalse(household.request(HOME).askedAgain());
            household.approve(household.alice, HOME);
            household.opens(HOME);
            household.waits(NEXT_DOOR);
            assertTrue(household.request(NEXT_DOOR).askedAgain());
        }

        @Test
        void collectsNothingWithTheOwnersAddressOnceItIsCollected() {
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.opens(HOME);
            household.waits(HOME);
            assertTrue(household.request(HOME).askedAgain());
        }

        @Test
        void usesNoAllowanceToGetPastTheApprovers() {
            allow(AllowanceRequest.defaults().withAnySource().withSkips(AllowanceSkip.SOURCE));
            household.waits(AWAY);
            assertEquals(1, household.service.allowances().open(server.id()).size());
        }
    }

    @Nested
    class BeingDeniedOnPurpose {
        @BeforeEach
        void aliceAndBobApprove() {
            household.group("ops", "prod", 1, household.alice, household.bob);
        }

        @Test
        void leavesTheHonestSourceUntouched() {
            household.waits(HOME);
            household.waits(NEXT_DOOR);
            household.approve(household.alice, HOME);
            household.deny(household.bob, NEXT_DOOR);
            household.refuses(Reason.TEMPORARY_DENY, NEXT_DOOR);
            household.opens(HOME);
            household.waits(HOME);
        }

        @Test
        void leavesTheHonestSourceUntouchedHoweverOften() {
            for (int i = 0; i < 5; i++) {
                household.waits(NEXT_DOOR);
                household.deny(household.bob, NEXT_DOOR);
                house.clock.advance(ApprovalTimes.DEFAULTS.temporaryDeny());
            }
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.opens(HOME);
        }

        @Test
        void leavesTheOwnersAllowanceOpen() {
            household
                    .service
                    .allowances()
                    .grant(
                            Actor.of(household.alice),
                            server.id(),
                            AllowanceRequest.defaults().withSource(HOME).withSkips(AllowanceSkip.APPROVAL));
            household.waits(NEXT_DOOR);
            household.deny(household.bob, NEXT_DOOR);
            household.opens(HOME);
        }
    }

    @Nested
    class ReplayingAnOldRequest {
        private final UnlockAttempt recorded = TestService.attempt(server, HOME);

        @Test
        void costsAFreshUseEachTime() {
            household.service.devices().disable(OPERATOR, server.id());
            allow(AllowanceRequest.defaults().withUses(2));
            assertInstanceOf(UnlockResult.Answered.class, household.service.unlock(recorded));
            assertInstanceOf(UnlockResult.Answered.class, household.service.unlock(recorded));
            assertEquals(new UnlockResult.Refused(Reason.DISABLED), household.service.unlock(recorded));
            assertEquals(2, answersInHistory());
        }

        @Test
        void needsAFreshApprovalEachTime() {
            household.group("ops", "prod", 1, household.alice);
            assertEquals(new UnlockResult.Pending(), household.service.unlock(recorded));
            household.approve(household.alice, HOME);
            assertInstanceOf(UnlockResult.Answered.class, household.service.unlock(recorded));
            assertEquals(new UnlockResult.Pending(), household.service.unlock(recorded));
            assertEquals(State.PENDING, household.state(HOME));
        }
    }

    @Nested
    class AskingWithTheKeyOfAnotherDevice {
        @Test
        void findsNothingAndSpendsNothing() {
            Device other = house.device("db-1");
            allow(AllowanceRequest.defaults());
            household.service.allowances().grant(OPERATOR, other.id(), AllowanceRequest.defaults());
            UnlockAttempt crossed = TestService.attempt(server.token(), TestService.kid(other), HOME);
            assertEquals(new UnlockResult.NotFound(), household.service.unlock(crossed));
            assertEquals(1, household.service.allowances().open(server.id()).size());
            assertEquals(1, household.service.allowances().open(other.id()).size());
        }

        @Test
        void opensNoRequestForApproval() {
            Device other = house.device("db-1");
            household.group("ops", "prod", 1, household.alice);
            household.service.unlock(TestService.attempt(server.token(), TestService.kid(other), HOME));
            assertEquals(List.of(), household.requests());
        }
    }

    @Nested
    class ComingBackAfterTheAlarm {
        @Test
        void findsTheMorningsAllowanceGone() {
            allow(AllowanceRequest.defaults().withExpiresIn(Duration.ofHours(12)));
            house.clock.advance(Duration.ofHours(3));
            household.service.devices().disable(OPERATOR, server.id());
            household.refuses(Reason.DISABLED, HOME);
            household.service.devices().enable(OPERATOR, server.id());
            assertEquals(List.of(), household.service.allowances().open(server.id()));
        }

        @Test
        void findsTheMorningsApprovalGone() {
            household.group("ops", "prod", 1, household.alice);
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.service.devices().disable(OPERATOR, server.id());
            household.service.devices().enable(OPERATOR, server.id());
            household.waits(HOME);
        }

        @Test
        void findsNothingOnARevokedDeviceAndLeavesATrace() {
            allow(AllowanceRequest.defaults());
            household.service.devices().revoke(OPERATOR, server.id(), server.name());
            assertEquals(new UnlockResult.NotFound(), house.unlock(server, HOME));
            assertEquals(Reason.REVOKED, house.last(server).reason());
        }
    }

    /** Grants get their time from a node's clock; the store's clock decides about them. */
    @Nested
    class WaitingForClocksThatDisagree {
        private void allowByANodeWhoseClockIsAhead(Duration by) {
            InstantSource ahead = () -> house.clock.instant().plus(by);
            household.service.devices().disable(OPERATOR, server.id());
            try (Panocrypt node = Panocrypt.builder()
                    .store(house.memory)
                    .custody(house.custody)
                    .publicUrl(URI.create("http://192.0.2.80"))
                    .clock(ahead)
                    .checkpointInterval(Duration.ZERO)
                    .limits(TestTimeout.SERVICE)
                    .build()) {
                node.allowances()
                        .grant(
                                OPERATOR,
                                server.id(),
                                AllowanceRequest.defaults().withExpiresIn(Duration.ofSeconds(10)));
            }
        }

        @Test
        void doesNotKeepTheOwnerOutForTwoSeconds() {
            allowByANodeWhoseClockIsAhead(Duration.ofSeconds(2));
            household.opens(HOME);
        }

        @Test
        void findsAGrantOfTheFutureShut() {
            allowByANodeWhoseClockIsAhead(Duration.ofMillis(2001));
            household.refuses(Reason.DISABLED, HOME);
            house.clock.advance(Duration.ofMillis(1));
            household.opens(HOME);
        }

        @Test
        void gainsNoMoreThanTheClocksDiffer() {
            allowByANodeWhoseClockIsAhead(Duration.ofSeconds(2));
            house.clock.advance(Duration.ofSeconds(12));
            household.refuses(Reason.DISABLED, HOME);
        }
    }
}
