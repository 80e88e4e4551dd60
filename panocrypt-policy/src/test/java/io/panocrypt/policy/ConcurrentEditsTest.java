package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Two concurrent operators: the second edit is committed after the first one was checked and before it is applied. */
class ConcurrentEditsTest {
    private final TestService house = new TestService();
    private final Panocrypt second = house.service;
    private final Outrun store = new Outrun(house);
    private final Panocrypt first = house.open(store, house.custody);
    private final Member alice = member("alice");
    private final Member bob = member("bob");

    @AfterEach
    void close() {
        first.close();
        house.close();
    }

    /** A store where somebody else commits first, once or several times. */
    private static final class Outrun extends ActStore {
        private Optional<Runnable> meanwhile = Optional.empty();
        private int times;

        Outrun(TestService house) {
            super(house.memory);
        }

        void meanwhile(Runnable act) {
            meanwhile(1, act);
        }

        void meanwhile(int often, Runnable act) {
            meanwhile = Optional.of(act);
            times = often;
        }

        @Override
        protected WriteResult edit(StoreWrite edit) {
            if (times > 0) {
                times--;
                meanwhile.ifPresent(Runnable::run);
            }
            return super.edit(edit);
        }
    }

    private Member member(String name) {
        return second.members()
                .create(OPERATOR, new MemberChange(name, Role.APPROVER, null), null)
                .member();
    }

    private ApprovalGroup group(String name, String tag, Member... approvers) {
        Set<String> ids = Set.copyOf(List.of(approvers).stream().map(Member::id).toList());
        return second.approvalGroups().create(OPERATOR, new ApprovalGroups.Change(name, Set.of(tag), ids, null));
    }

    private Device device(String name, String... tags) {
        return second.devices().create(OPERATOR, TestService.wanted(name).withTags(tags));
    }

    private static void assertCounts(int devices, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(OperationException.Kind.UNCONFIRMED, refusal.kind(), refusal.getMessage());
        assertEquals(devices, refusal.devices());
    }

    private void delete(Panocrypt by, ApprovalGroup group) {
        by.approvalGroups().delete(OPERATOR, group.id(), false);
    }

    @Nested
    class TakingApprovalAway {
        @Test
        void isCountedWhereTheOtherCoveringGroupHasJustGone() {
            device("web-1", "prod", "web");
            ApprovalGroup prod = group("prod", "prod", alice);
            ApprovalGroup web = group("web", "web", bob);
            store.meanwhile(() -> delete(second, web));
            assertCounts(1, () -> delete(first, prod));
            assertEquals(prod, second.approvalGroups().get(prod.id()));
        }

        @Test
        void isCountedWhereTheOtherCoveringGroupHasJustTurnedAway() {
            device("web-1", "prod", "web");
            ApprovalGroup prod = group("prod", "prod", alice);
            ApprovalGroup web = group("web", "web", bob);
            var elsewhere = new ApprovalGroups.Change(null, Set.of("db"), null, null);
            store.meanwhile(() -> second.approvalGroups().edit(OPERATOR, web.id(), 1, elsewhere, false));
            assertCounts(1, () -> first.approvalGroups().edit(OPERATOR, prod.id(), 1, elsewhere, false));
        }

        @Test
        void isCountedWhereADeviceHasJustCeasedToRequireItItself() {
            Device device = second.devices()
                    .create(
                            OPERATOR,
                            TestService.wanted("web-1").withTags("prod").withRequireApproval(true));
            ApprovalGroup prod = group("prod", "prod", alice);
            DeviceChange relaxed = DeviceChange.none().withRequireApproval(false);
            store.meanwhile(() -> second.devices().edit(OPERATOR, device.id(), 1, relaxed, false));
            assertCounts(1, () -> delete(first, prod));
        }

        @Test
        void isCountedWhereADeviceHasJustGotTheTag() {
            Device device = device("web-1");
            ApprovalGroup prod = group("prod", "prod", alice);
            DeviceChange tagged = DeviceChange.none().withTags("prod");
            store.meanwhile(() -> second.devices().edit(OPERATOR, device.id(), 1, tagged, false));
            assertCounts(1, () -> delete(first, prod));
        }

        @Test
        void isCountedWhereADeviceHasJustBeenMade() {
            ApprovalGroup prod = group("prod", "prod", alice);
            store.meanwhile(() -> device("web-1", "prod"));
            assertCounts(1, () -> delete(first, prod));
        }

        @Test
        void isSeenWhereTheGroupThatStillCoveredTheDeviceHasJustGone() {
            Device device = second.devices()
                    .create(
                            OPERATOR,
                            TestService.wanted("web-1").withTags("prod").withRequireApproval(true));
            ApprovalGroup prod = group("prod", "prod", alice);
            store.meanwhile(() -> delete(second, prod));
            DeviceChange relaxed = DeviceChange.none().withRequireApproval(false);
            assertCounts(1, () -> first.devices().edit(OPERATOR, device.id(), 1, relaxed, false));
            assertTrue(second.devices().get(device.id()).requireApproval());
        }

        @Test
        void isSeenWhereTheGroupOfTheNewTagHasJustGone() {
            Device device = device("web-1", "prod");
            group("prod", "prod", alice);
            ApprovalGroup web = group("web", "web", bob);
            store.meanwhile(() -> delete(second, web));
            DeviceChange moved = DeviceChange.none().withTags("web");
            assertCounts(1, () -> first.devices().edit(OPERATOR, device.id(), 1, moved, false));
        }
    }

    @Nested
    class LeavingNobodyWhoCanApprove {
        private void fire(Panocrypt by, Member member) {
            by.members().delete(OPERATOR, member.id(), false);
        }

        @Test
        void isCountedWhereTheOtherApproverHasJustGone() {
            device("web-1", "prod");
            group("prod", "prod", alice, bob);
            store.meanwhile(() -> fire(second, bob));
            assertCounts(1, () -> fire(first, alice));
            assertEquals(alice, second.members().get(alice.id()));
        }

        @Test
        void isCountedWhereADeviceThatAsksItselfHasJustGotTheTag() {
            Device device = second.devices()
                    .create(OPERATOR, TestService.wanted("web-1").withRequireApproval(true));
            group("prod", "prod", alice);
            DeviceChange tagged = DeviceChange.none().withTags("prod");
            store.meanwhile(() -> second.devices().edit(OPERATOR, device.id(), 1, tagged, false));
            assertCounts(1, () -> fire(first, alice));
        }

        @Test
        void isCountedWhereTheMemberHasJustBecomeTheOnlyApprover() {
            device("web-1", "prod");
            ApprovalGroup prod = group("prod", "prod", bob);
            var handedOver = new ApprovalGroups.Change(null, null, Set.of(alice.id()), null);
            store.meanwhile(() -> second.approvalGroups().edit(OPERATOR, prod.id(), 1, handedOver, false));
            assertCounts(1, () -> fire(first, alice));
        }

        @Test
        void isSeenWhereTheGroupOfTheNewTagHasJustLostItsApprover() {
            Device device = device("web-1");
            group("prod", "prod", alice);
            store.meanwhile(() -> fire(second, alice));
            DeviceChange tagged = DeviceChange.none().withTags("prod");
            assertCounts(1, () -> first.devices().edit(OPERATOR, device.id(), 1, tagged, false));
        }

        @Test
        void isCountedWhereTheLastOtherMemberOfTheUserGroupHasJustGone() {
            device("web-1", "prod");
            var team = second.userGroups().create(OPERATOR, "team", Set.of(alice.id(), bob.id()));
            second.approvalGroups()
                    .create(OPERATOR, new ApprovalGroups.Change("prod", Set.of("prod"), Set.of(team.id()), null));
            store.meanwhile(() -> fire(second, bob));
            assertCounts(1, () -> first.userGroups().edit(OPERATOR, team.id(), 1, null, Set.of(bob.id()), false));
        }
    }

    @Nested
    class ApproversWhoHaveJustGone {
        private final Device device = device("web-1", "prod");
        private final ApprovalGroup prod = group("prod", "prod", alice);

        private void fire() {
            second.members().delete(OPERATOR, alice.id(), true);
        }

        private void drop() {
            ApprovalGroups.Change others = new ApprovalGroups.Change(null, null, Set.of(bob.id()), null);
            second.approvalGroups().edit(OPERATOR, prod.id(), 1, others, false);
        }

        private void assertForbidden(Executable act) {
            assertRefused(OperationException.Kind.FORBIDDEN, act);
        }

        private void assertRefused(OperationException.Kind kind, Executable act) {
            OperationException refusal = assertThrows(OperationException.class, act);
            assertEquals(kind, refusal.kind(), refusal.getMessage());
        }

        @Test
        void grantNoAllowanceThatSkipsApproval() {
            store.meanwhile(this::drop);
            AllowanceRequest wanted = AllowanceRequest.defaults().withSkips(AllowanceSkip.APPROVAL);
            assertForbidden(() -> first.allowances().grant(Actor.of(alice), device.id(), wanted));
            assertEquals(List.of(), second.allowances().open(device.id()));
        }

        @Test
        void decideNothing() {
            house.unlock(device, TestService.HOME);
            ApprovalRequest open =
                    second.approvals().list(null, null, 10).items().get(0);
            store.meanwhile(this::drop);
            assertForbidden(() -> first.approvals().deny(alice, open.id(), "", false));
            assertEquals(open, second.approvals().get(open.id()));
        }

        @Test
        void decideNothingOnceTheyAreRemoved() {
            house.unlock(device, TestService.HOME);
            ApprovalRequest open =
                    second.approvals().list(null, null, 10).items().get(0);
            store.meanwhile(this::fire);
            assertRefused(
                    OperationException.Kind.UNAUTHENTICATED,
                    () -> first.approvals().approve(alice, open.id(), "", Set.of()));
            assertEquals(open, second.approvals().get(open.id()));
        }

        @Test
        void denyNothingOnceTheDeviceHasLeftTheirGroup() {
            house.unlock(device, TestService.HOME);
            ApprovalRequest open =
                    second.approvals().list(null, null, 10).items().get(0);
            DeviceChange moved = DeviceChange.none().withTags("lab");
            store.meanwhile(() -> second.devices().edit(OPERATOR, device.id(), 1, moved, true));
            assertForbidden(() -> first.approvals().deny(alice, open.id(), "", true));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, TestService.HOME));
        }
    }

    @Nested
    class HostsThatCollect {
        private final Device device = second.devices()
                .create(OPERATOR, TestService.wanted("web-1").withTags("prod").withVolumes(32));

        @Test
        void doNotKeepADenialFromBeingHeard() {
            group("prod", "prod", alice);
            house.unlock(device, TestService.HOME);
            ApprovalRequest open =
                    second.approvals().list(null, null, 10).items().get(0);
            second.approvals().approve(alice, open.id(), "", Set.of());
            store.meanwhile(
                    31, () -> assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, TestService.HOME)));
            ApprovalRequest denied = first.approvals().deny(alice, open.id(), "stop", false);
            assertEquals(31, denied.collected());
            assertEquals(new UnlockResult.Refused(Reason.TEMPORARY_DENY), house.unlock(device, TestService.HOME));
        }
    }

    @Nested
    class EditsThatDoNotConcernEachOther {
        @Test
        void areJudgedAgainAndApplied() {
            Device device = device("web-1");
            store.meanwhile(() -> group("prod", "prod", alice));
            DeviceChange tagged = DeviceChange.none().withTags("prod");
            assertEquals(
                    Set.of("prod"),
                    first.devices()
                            .edit(OPERATOR, device.id(), 1, tagged, false)
                            .tags());
            store.meanwhile(() -> device("web-2"));
            ApprovalGroup web = group("web", "web", bob);
            delete(first, web);
        }

        @Test
        void areStaleWhereTheSameObjectChanged() {
            Device device = device("web-1");
            DeviceChange tagged = DeviceChange.none().withTags("prod");
            store.meanwhile(() -> second.devices().edit(OPERATOR, device.id(), 1, tagged, false));
            OperationException refusal = assertThrows(
                    OperationException.class, () -> first.devices().edit(OPERATOR, device.id(), 1, tagged, false));
            assertEquals(OperationException.Kind.STALE, refusal.kind());
        }

        @Test
        void leaveTheEpochAloneWhereNoGroupCoversTheDevice() {
            group("prod", "prod", alice);
            long epoch = house.memory.epoch();
            Device device = device("web-1", "test");
            second.devices().edit(OPERATOR, device.id(), 1, DeviceChange.none().withSources("10.1.0.0/24"), false);
            second.devices().edit(OPERATOR, device.id(), 2, DeviceChange.none().withTags("lab"), false);
            second.devices().edit(OPERATOR, device.id(), 3, DeviceChange.none().withRequireApproval(true), false);
            assertEquals(epoch, house.memory.epoch());
            second.devices().edit(OPERATOR, device.id(), 4, DeviceChange.none().withTags("prod"), false);
            assertEquals(epoch + 1, house.memory.epoch(), "who changes the group must count it");
            second.devices().edit(OPERATOR, device.id(), 5, DeviceChange.none().withRequireApproval(false), false);
            assertEquals(epoch + 2, house.memory.epoch());
        }
    }

    @Test
    void sweepsRefusalsThatAreOverWhenARequestIsDenied() {
        Device device = device("web-1", "prod");
        group("prod", "prod", alice);
        for (int i = 0; i < 5; i++) {
            house.unlock(device, TestService.HOME);
            ApprovalRequest open = second.approvals()
                    .list(ApprovalRequest.State.PENDING, null, 10)
                    .items()
                    .get(0);
            second.approvals().deny(alice, open.id(), "", false);
            house.clock.advance(Duration.ofMinutes(20));
        }
        assertEquals(1, second.temporaryDenies().of(device.id()).size());
    }
}
