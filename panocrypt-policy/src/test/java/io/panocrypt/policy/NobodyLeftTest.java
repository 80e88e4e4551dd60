package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UserGroup;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Edits after which nobody can approve devices: refused with the number of devices, unless confirmed. */
class NobodyLeftTest {
    private static final MemberChange VIEWER = new MemberChange(null, Role.VIEWER, null);

    private final TestPeople household = new TestPeople();
    private final Panocrypt service = household.service;

    @AfterEach
    void close() {
        household.close();
    }

    private static ApprovalGroups.Change quorum(int quorum) {
        return new ApprovalGroups.Change(null, null, null, quorum);
    }

    private static ApprovalGroups.Change approvers(String... ids) {
        return new ApprovalGroups.Change(null, null, Set.of(ids), null);
    }

    /** Refused with that number and without effect; done if confirmed, and then the server refuses. */
    private void assertNeedsConfirmation(int devices, Consumer<Boolean> edit) {
        OperationException refused = assertRefused(Kind.UNCONFIRMED, () -> edit.accept(false));
        assertEquals(devices, refused.devices());
        assertTrue(refused.getMessage().contains("nobody who can approve"), refused.getMessage());
        household.waits(HOME);
        edit.accept(true);
        household.refuses(Reason.NO_APPROVER, HOME);
    }

    @Nested
    class WithOneApprover {
        private final ApprovalGroup ops = household.group("ops", "prod", 1, household.alice);
        private final Member alice = household.alice;

        private void edit(ApprovalGroups.Change change, boolean confirmed) {
            service.approvalGroups().edit(OPERATOR, ops.id(), 1, change, confirmed);
        }

        @Test
        void aQuorumOutOfReachIsRefused() {
            service.devices().create(OPERATOR, TestService.wanted("web-2").withTags("prod"));
            assertNeedsConfirmation(2, confirmed -> edit(quorum(5), confirmed));
            ApprovalGroup after = service.approvalGroups().get(ops.id());
            assertTrue(service.approvalGroups()
                    .warnings()
                    .apply(after)
                    .get(0)
                    .startsWith("1 of its approvers may decide, and its quorum is 5: no device"));
        }

        @Test
        void itsRemovalIsRefused() {
            assertNeedsConfirmation(1, confirmed -> service.members().delete(OPERATOR, alice.id(), confirmed));
        }

        @Test
        void itsDemotionIsRefused() {
            assertNeedsConfirmation(1, confirmed -> service.members().edit(OPERATOR, alice.id(), 1, VIEWER, confirmed));
            assertEquals(1, service.approvalGroups().warningsAbout(alice.id()).size());
        }

        @Test
        void anEmptyGroupIsRefused() {
            assertNeedsConfirmation(1, confirmed -> edit(approvers(), confirmed));
        }

        @Test
        void theRemovalOfTheGroupIsRefusedWhereTheDeviceAsksItself() {
            household.edit(DeviceChange.none().withRequireApproval(true), false);
            assertNeedsConfirmation(1, confirmed -> service.approvalGroups().delete(OPERATOR, ops.id(), confirmed));
        }

        @Test
        void aSecondGroupWhoseQuorumIsOutOfReachIsRefused() {
            var pair = new ApprovalGroups.Change("pair", Set.of("web"), Set.of(household.bob.id()), 2);
            assertNeedsConfirmation(1, confirmed -> service.approvalGroups().create(OPERATOR, pair, confirmed));
        }

        @Test
        void aTagOfAGroupThatIsOutOfReachIsRefused() {
            household.group("pair", "db", 2, household.bob);
            assertNeedsConfirmation(
                    1, confirmed -> household.edit(DeviceChange.none().withTags("prod", "db"), confirmed));
        }

        @Test
        void whatTakesNobodyAwayIsDoneUnasked() {
            var named = new ApprovalGroups.Change("ops-2", null, Set.of(alice.id(), household.bob.id()), null);
            edit(named, false);
            service.members().delete(OPERATOR, alice.id());
            service.members().edit(OPERATOR, household.carol.id(), 1, VIEWER);
            household.waits(HOME);
        }

        @Test
        void whatNobodyCouldApproveBeforeIsNotCounted() {
            edit(quorum(5), true);
            service.members().delete(OPERATOR, alice.id());
            service.approvalGroups().edit(OPERATOR, ops.id(), 2, quorum(6), false);
        }

        @Test
        void revokedDevicesAreNotCounted() {
            service.devices().revoke(OPERATOR, household.server.id(), "web-1");
            service.members().delete(OPERATOR, alice.id());
        }
    }

    @Nested
    class WithAUserGroup {
        private final UserGroup team = service.userGroups().create(OPERATOR, "team", Set.of(household.alice.id()));

        WithAUserGroup() {
            service.approvalGroups()
                    .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(team.id()), 1));
        }

        @Test
        void itsRemovalIsRefused() {
            assertNeedsConfirmation(1, confirmed -> service.userGroups().delete(OPERATOR, team.id(), confirmed));
        }

        @Test
        void itsLastMemberIsKept() {
            assertNeedsConfirmation(
                    1, confirmed -> service.userGroups().edit(OPERATOR, team.id(), 1, null, Set.of(), confirmed));
            assertEquals(1, service.approvalGroups().warningsAbout(team.id()).size());
        }

        @Test
        void theRemovalOfItsLastMemberIsRefused() {
            assertNeedsConfirmation(
                    1, confirmed -> service.members().delete(OPERATOR, household.alice.id(), confirmed));
        }

        @Test
        void anotherMemberInTheSameEditIsEnough() {
            service.userGroups().edit(OPERATOR, team.id(), 1, null, Set.of(household.bob.id()));
            household.waits(HOME);
        }
    }

    @Nested
    class WithNoGroup {
        @Test
        void aNewGroupWithoutApproversIsRefused() {
            var nobody = new ApprovalGroups.Change("ops", Set.of("prod"), null, null);
            OperationException refused = assertRefused(
                    Kind.UNCONFIRMED, () -> service.approvalGroups().create(OPERATOR, nobody));
            assertEquals(1, refused.devices());
            household.opens(HOME);
            service.approvalGroups().create(OPERATOR, nobody, true);
            household.refuses(Reason.NO_APPROVER, HOME);
        }

        @Test
        void oneThatCoversNothingIsMadeWithAWarning() {
            ApprovalGroup early = household.group("early", "later", 2, household.alice);
            assertFalse(service.approvalGroups().warnings().apply(early).isEmpty());
            assertRefused(
                    Kind.UNCONFIRMED, () -> household.edit(DeviceChange.none().withTags("later"), false));
        }

        @Test
        void aDeviceThatAsksItselfIsTakenAtItsWord() {
            household.edit(DeviceChange.none().withRequireApproval(true), false);
            household.refuses(Reason.NO_APPROVER, HOME);
            DeviceApproval approval = service.devices().approvals().apply(household.house.current(household.server));
            assertEquals(new DeviceApproval(true, true, List.of(), List.of(), 0, false), approval);
        }
    }
}
