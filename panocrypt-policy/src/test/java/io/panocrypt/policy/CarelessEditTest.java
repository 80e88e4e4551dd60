package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.net.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Careless edits: each is refused, or makes devices refuse; none opens a device unintentionally. */
class CarelessEditTest {
    private final TestPeople household = new TestPeople();
    private final TestService house = household.house;

    @AfterEach
    void close() {
        household.close();
    }

    private ApprovalGroup edit(ApprovalGroup group, ApprovalGroups.Change change) {
        long version = household.service.approvalGroups().get(group.id()).version();
        return household.service.approvalGroups().edit(OPERATOR, group.id(), version, change, false);
    }

    private static ApprovalGroups.Change approvers(Member... members) {
        return new ApprovalGroups.Change(
                null, null, Set.of(List.of(members).stream().map(Member::id).toArray(String[]::new)), null);
    }

    private void demote(Member member) {
        household.service.members().edit(OPERATOR, member.id(), 1, new MemberChange(null, Role.VIEWER, null));
    }

    @Nested
    class DeletingATagOrAGroup {
        private final ApprovalGroup ops = household.group("ops", "prod", 1, household.alice);

        private void assertCounts(int devices, org.junit.jupiter.api.function.Executable act) {
            assertEquals(devices, assertRefused(Kind.UNCONFIRMED, act).devices());
            household.waits(HOME);
        }

        @Test
        void isRefusedWhereTheTagWasWhyPeopleWereAsked() {
            assertCounts(1, () -> household.edit(DeviceChange.none().withTags("web"), false));
        }

        @Test
        void isRefusedWithTheNumberOfDevicesThatTheGroupCovered() {
            household
                    .service
                    .devices()
                    .create(OPERATOR, TestService.wanted("web-2").withTags("prod"));
            assertCounts(2, () -> household.service.approvalGroups().delete(OPERATOR, ops.id(), false));
            var elsewhere = new ApprovalGroups.Change(null, Set.of("test"), null, null);
            assertCounts(2, () -> edit(ops, elsewhere));
        }

        @Test
        void isRefusedWhereTheGroupWouldAskForNothingByItself() {
            assertCounts(1, () -> edit(ops, new ApprovalGroups.Change(null, null, null, 0)));
        }

        @Test
        void leavesTheDeviceRefusingWhereItRequiresApprovalItself() {
            household.edit(DeviceChange.none().withRequireApproval(true), false);
            household.service.approvalGroups().delete(OPERATOR, ops.id(), true);
            household.refuses(Reason.NO_APPROVER, HOME);
        }

        @Test
        void leavesTheDeviceRefusingWhereTheUserGroupOfTheApproversGoes() {
            UserGroup team = household.service.userGroups().create(OPERATOR, "team", Set.of(household.alice.id()));
            edit(ops, new ApprovalGroups.Change(null, null, Set.of(team.id()), null));
            household.waits(HOME);
            household.service.userGroups().delete(OPERATOR, team.id(), true);
            household.refuses(Reason.NO_APPROVER, HOME);
        }

        @Test
        void leavesTheDeviceRefusingWhereTheLastApproverGoes() {
            household.waits(HOME);
            household.service.members().delete(OPERATOR, household.alice.id(), true);
            household.refuses(Reason.NO_APPROVER, HOME);
        }

        @Test
        void leavesAnApprovalForTheOldTagWithoutEffect() {
            household.group("owners", "db", 1, household.bob);
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.edit(DeviceChange.none().withTags("db"), false);
            household.waits(HOME);
            household.approve(household.bob, HOME);
            household.opens(HOME);
        }
    }

    @Nested
    class FiringAnApprover {
        private final ApprovalGroup ops = household.group("ops", "prod", 1, household.alice, household.bob);

        @Test
        void takesTheVoteBackThatNobodyHasCollected() {
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.service.members().delete(OPERATOR, household.alice.id());
            household.waits(HOME);
            household.approve(household.bob, HOME);
            household.opens(HOME);
        }

        @Test
        void takesTheVoteBackThoughOnlyTheRoleGoes() {
            household.waits(HOME);
            household.approve(household.alice, HOME);
            demote(household.alice);
            household.waits(HOME);
        }

        @Test
        void takesTheVoteBackThoughOnlyTheGroupForgetsThem() {
            household.waits(HOME);
            household.approve(household.alice, HOME);
            edit(ops, approvers(household.bob));
            household.waits(HOME);
        }

        @Test
        void leavesAQuorumShort() {
            household.group("pair", "web", 2, household.alice, household.bob, household.carol);
            edit(ops, new ApprovalGroups.Change(null, null, Set.of(), null));
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.service.members().delete(OPERATOR, household.alice.id());
            household.approve(household.bob, HOME);
            household.waits(HOME);
            household.approve(household.carol, HOME);
            household.opens(HOME);
        }

        @Test
        void givesNoVoteToWhoeverIsHiredUnderTheSameName() {
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.service.members().delete(OPERATOR, household.alice.id());
            household.service.members().create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null);
            household.waits(HOME);
        }
    }

    @Nested
    class AddingAGroupBesideAQuorum {
        @Test
        void dilutesNothing() {
            household.group("pair", "prod", 2, household.alice, household.bob);
            household.group("everybody", "web", 1, household.carol);
            household.waits(HOME);
            household.approve(household.carol, HOME);
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.waits(HOME);
            household.approve(household.bob, HOME);
            household.opens(HOME);
        }

        @Test
        void withAQuorumOfItsOwnWantsBoth() {
            household.group("pair", "prod", 2, household.alice, household.bob);
            household.group("others", "web", 2, household.bob, household.carol);
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.approve(household.bob, HOME);
            household.waits(HOME);
            household.approve(household.carol, HOME);
            household.opens(HOME);
        }
    }

    @Nested
    class TwoAdministratorsAtOnce {
        private static final int ROUNDS = 20;

        private final ExecutorService threads = Executors.newFixedThreadPool(2);

        @AfterEach
        void close() {
            threads.shutdownNow();
        }

        private Future<Boolean> deleting(Panocrypt node, ApprovalGroup group, CyclicBarrier together) {
            Callable<Boolean> task = () -> {
                together.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                try {
                    node.approvalGroups().delete(OPERATOR, group.id(), false);
                    return true;
                } catch (OperationException e) {
                    assertEquals(Kind.UNCONFIRMED, e.kind(), e.getMessage());
                    return false;
                }
            };
            return threads.submit(task);
        }

        @Test
        void removeOneOfTwoCoveringGroupsEachAndLeaveOne() throws Exception {
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                for (int round = 0; round < ROUNDS; round++) {
                    ApprovalGroup one = household.group("one", "prod", 1, household.alice);
                    ApprovalGroup two = household.group("two", "web", 1, household.bob);
                    CyclicBarrier together = new CyclicBarrier(2);
                    List<Future<Boolean>> deleted =
                            List.of(deleting(household.service, one, together), deleting(other, two, together));
                    List<Boolean> done = new ArrayList<>();
                    for (Future<Boolean> each : deleted) {
                        done.add(each.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                    }
                    assertEquals(Set.of(true, false), Set.copyOf(done), "round " + round);
                    household.waits(HOME);
                    ApprovalGroup left = done.get(0) ? two : one;
                    household.service.approvalGroups().delete(OPERATOR, left.id(), true);
                }
            }
        }
    }

    @Nested
    class EditingANetworkAccessList {
        private final NetworkAccessList office =
                household.service.networkAccessLists().create(OPERATOR, "office", cidrs(HOME), false);

        private static List<Cidr> cidrs(String... blocks) {
            return List.of(blocks).stream().map(Cidr::parse).toList();
        }

        private void refer() {
            household.edit(DeviceChange.none().withSources().withNetworkAccessLists(office.id()), false);
        }

        private void change(List<Cidr> cidrs) {
            long version =
                    household.service.networkAccessLists().get(office.id()).version();
            household.service.networkAccessLists().edit(OPERATOR, office.id(), version, null, cidrs, null);
        }

        @Test
        void actsAtOnceOnEveryNode() {
            refer();
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                UnlockAttempt attempt = TestService.attempt(household.server, AWAY);
                assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), other.unlock(attempt));
                change(cidrs(AWAY));
                assertInstanceOf(UnlockResult.Answered.class, other.unlock(attempt));
                household.refuses(Reason.SOURCE_NOT_ALLOWED, HOME);
                change(List.of());
                assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), other.unlock(attempt));
            }
        }

        @Test
        void isRefusedWhereItWouldOpenEverything() {
            refer();
            assertRefused(Kind.INVALID, () -> change(cidrs("0.0.0.0/0")));
            assertRefused(Kind.INVALID, () -> change(cidrs(HOME, "2000::/3")));
            household.refuses(Reason.SOURCE_NOT_ALLOWED, AWAY);
        }

        @Test
        void leavesAnApprovalForASourceThatIsGoneWithoutEffect() {
            household.group("ops", "prod", 1, household.alice);
            refer();
            household.waits(HOME);
            household.approve(household.alice, HOME);
            change(cidrs(AWAY));
            household.refuses(Reason.SOURCE_NOT_ALLOWED, HOME);
            household.waits(AWAY);
        }

        @Test
        void doesNotRemoveOneThatADeviceRefersTo() {
            refer();
            assertRefused(
                    Kind.CONFLICT, () -> household.service.networkAccessLists().delete(OPERATOR, office.id()));
        }
    }

    @Nested
    class LettingEverybodyAsk {
        @Test
        void wantsApprovalOrAWordThatItIsMeant() {
            DeviceChange open = DeviceChange.none().withSources("0.0.0.0/0");
            assertRefused(Kind.INVALID, () -> household.edit(open, false));
            assertRefused(Kind.INVALID, () -> household.edit(open, true));
            household.refuses(Reason.SOURCE_NOT_ALLOWED, AWAY);
            household.edit(open.withRequireApproval(true), false);
            household.refuses(Reason.NO_APPROVER, AWAY);
        }

        @Test
        void keepsItsApprovalHoweverOftenItIsConfirmed() {
            household.edit(DeviceChange.none().withSources("0.0.0.0/0").withRequireApproval(true), false);
            assertRefused(Kind.INVALID, () -> household.edit(DeviceChange.none().withRequireApproval(false), true));
            household.refuses(Reason.NO_APPROVER, AWAY);
        }

        @Test
        void isNotWhatAGroupIsGoodFor() {
            household.group("ops", "prod", 1, household.alice);
            assertRefused(Kind.INVALID, () -> household.edit(DeviceChange.none().withSources("::/0"), false));
        }

        @Test
        void warnsOfALargeBlock() {
            Device wide = household.edit(DeviceChange.none().withSources("10.0.0.0/16"), false);
            assertTrue(household.service.devices().warnings(wide).stream().anyMatch(text -> text.contains("is wide")));
        }

        /** Whether a person decides is what counts, not which setting demands it. */
        @Test
        void doesNotWarnOfALargeBlockWhereAGroupMustApprove() {
            household.group("ops", "prod", 1, household.alice);
            Device wide = household.edit(DeviceChange.none().withSources("10.0.0.0/16"), false);
            assertEquals(List.of(), household.service.devices().warnings(wide));
        }

        @Test
        void refusesEverybodyWhereNoSourceIsLeft() {
            household.edit(DeviceChange.none().withSources(), false);
            household.refuses(Reason.SOURCE_NOT_ALLOWED, HOME);
        }
    }

    @Nested
    class EnablingADevice {
        @Test
        void revivesNothing() {
            household.group("ops", "prod", 1, household.alice);
            household.waits(HOME);
            household.approve(household.alice, HOME);
            household.service.allowances().grant(OPERATOR, household.server.id(), AllowanceRequest.defaults());
            household.service.devices().disable(OPERATOR, household.server.id());
            household.service.devices().enable(OPERATOR, household.server.id());
            household.waits(HOME);
            assertEquals(List.of(), household.service.allowances().open(household.server.id()));
        }
    }
}
