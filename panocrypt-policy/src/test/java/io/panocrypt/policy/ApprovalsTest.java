package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ApprovalsTest {
    private static final String OTHER = "10.0.0.2";

    private final TestService house = new TestService();
    private final Approvals approvals = house.service.approvals();
    private final Member alice = member("alice", Role.APPROVER);
    private final Member bob = member("bob", Role.APPROVER);
    private final Member carol = member("carol", Role.APPROVER);
    private final Device device =
            house.service.devices().create(OPERATOR, TestService.wanted("web-1").withTags("prod", "web"));

    @AfterEach
    void close() {
        house.close();
    }

    private Member member(String name, Role role) {
        return house.service
                .members()
                .create(OPERATOR, new MemberChange(name, role, null), null)
                .member();
    }

    private ApprovalGroup group(String name, String tag, int quorum, Member... approvers) {
        Set<String> ids = Arrays.stream(approvers).map(Member::id).collect(Collectors.toSet());
        return house.service
                .approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change(name, Set.of(tag), ids, quorum), true);
    }

    private List<ApprovalRequest> requests(State state) {
        return approvals.list(state, null, 100).items();
    }

    private ApprovalRequest pending() {
        return requests(State.PENDING).get(0);
    }

    private void waits(String source) {
        assertInstanceOf(UnlockResult.Pending.class, house.unlock(device, source));
    }

    private void opens(String source) {
        assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, source));
    }

    private void refuses(Reason reason, String source) {
        assertEquals(new UnlockResult.Refused(reason), house.unlock(device, source));
    }

    private ApprovalRequest approve(Member voter, ApprovalRequest request) {
        return approvals.approve(voter, request.id(), "", List.of());
    }

    private static OperationException assertRefused(OperationException.Kind kind, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        return refusal;
    }

    @Nested
    class WithOneApprover {
        private final ApprovalGroup group = group("ops", "prod", 1, alice);

        @Test
        void waitsForTheApprovalAndCollectsItOnce() {
            waits(HOME);
            waits(HOME);
            house.clock.advance(Duration.ofSeconds(30));
            waits(HOME);
            assertEquals(1, requests(null).size());
            assertEquals(3, pending().attempts());
            assertEquals(Set.of(alice.id()), approvals.approvers(pending()));

            approve(alice, pending());
            opens(HOME);
            assertEquals(Reason.APPROVED, house.last(device).reason());
            assertEquals(1, requests(State.COLLECTED).size());
            waits(HOME);
            assertTrue(pending().askedAgain());
        }

        @Test
        void givesEachVolumeItsAnswer() {
            house.service
                    .devices()
                    .edit(OPERATOR, device.id(), 1, DeviceChange.none().withVolumes(2), false);
            waits(HOME);
            approve(alice, pending());
            opens(HOME);
            assertEquals(1, requests(State.APPROVED).get(0).collected());
            opens(HOME);
            waits(HOME);
        }

        @Test
        void bindsTheApprovalToItsSource() {
            waits(HOME);
            waits(OTHER);
            ApprovalRequest home = requests(State.PENDING).stream()
                    .filter(request -> request.source().equals(IpAddress.parse(HOME)))
                    .findFirst()
                    .orElseThrow();
            approve(alice, home);
            waits(OTHER);
            opens(HOME);
            waits(OTHER);
        }

        @Test
        void approvesFurtherSourcesOfADualStack() {
            waits(HOME);
            waits(OTHER);
            ApprovalRequest one = pending();
            approvals.approve(alice, one.id(), "both", List.of(IpAddress.parse(HOME), IpAddress.parse(OTHER)));
            opens(OTHER);
            opens(HOME);
        }

        @Test
        void approvesAllSourcesOrNoneWhereTheStoreFailsInBetween() {
            waits(HOME);
            waits(OTHER);
            AtomicInteger edits = new AtomicInteger();
            ForwardingStore failing = new ActStore(house.memory) {
                @Override
                protected WriteResult edit(StoreWrite edit) {
                    if (edits.incrementAndGet() == 2) {
                        throw new StoreException("the second edit fails");
                    }
                    return super.edit(edit);
                }
            };
            String id = pending().id();
            List<IpAddress> both = List.of(IpAddress.parse(HOME), IpAddress.parse(OTHER));
            try (Panocrypt node = house.open(failing, house.custody)) {
                node.approvals().approve(alice, id, "both", both);
            } catch (StoreException e) {
                assertEquals("the second edit fails", e.getMessage());
            }
            assertEquals(
                    1,
                    requests(null).stream()
                            .map(ApprovalRequest::state)
                            .distinct()
                            .count());
        }

        @Test
        void recordsAllSourcesOfAnApprovalInOneAuditEntry() {
            waits(HOME);
            waits(OTHER);
            approvals.approve(alice, pending().id(), "both", List.of(IpAddress.parse(HOME), IpAddress.parse(OTHER)));
            List<AuditRecord> approved = house.service.history().audit(null, 100).items().stream()
                    .filter(row -> row.action().equals("request.approve"))
                    .toList();
            assertEquals(1, approved.size());
            assertTrue(approved.get(0).after().contains(HOME), approved.get(0).after());
            assertTrue(approved.get(0).after().contains(OTHER), approved.get(0).after());
        }

        @Test
        void decidesNothingWhenAFurtherSourceHasNoRequest() {
            waits(HOME);
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> approvals.approve(alice, pending().id(), "", List.of(IpAddress.parse(OTHER))));
            assertEquals(List.of(), pending().votes());
        }

        @Test
        void letsAGroupBeEditedAfterAnApproverHasLeft() {
            house.service.members().delete(OPERATOR, alice.id(), true);
            ApprovalGroups.Change renamed = new ApprovalGroups.Change("renamed", null, null, null);
            assertEquals(
                    2,
                    house.service
                            .approvalGroups()
                            .edit(OPERATOR, group.id(), 1, renamed, false)
                            .version());
        }

        @Test
        void keepsAPlaceForTheLastCollector() {
            waits(HOME);
            approve(alice, pending());
            opens(HOME);
            house.clock.advance(Duration.ofHours(10));
            for (int i = 2; i <= 6; i++) {
                waits("10.0.0." + i);
            }
            assertEquals(4, requests(State.PENDING).size());
            waits(HOME);
            assertEquals(5, requests(State.PENDING).size());
        }

        @Test
        void marksWhoeverAsksSoonAfterACollection() {
            waits(HOME);
            approve(alice, pending());
            opens(HOME);
            waits(HOME);
            waits(OTHER);
            assertTrue(requests(State.PENDING).stream().allMatch(ApprovalRequest::askedAgain));
        }

        @Test
        void refusesASourceThatCannotBeTold() {
            house.service
                    .allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults().withAnySource().withSkips(AllowanceSkip.SOURCE));
            refuses(Reason.SOURCE_NOT_ALLOWED, "");
        }

        @Test
        void throwsTheSwitchWhileTheHostAsksAgainAndAgain() throws Exception {
            ExecutorService asking = Executors.newFixedThreadPool(8);
            try {
                for (int i = 0; i < 8; i++) {
                    asking.submit(() -> {
                        while (!Thread.currentThread().isInterrupted()) {
                            house.clock.advance(Duration.ofSeconds(40));
                            house.unlock(device, HOME);
                        }
                    });
                }
                for (int i = 0; i < 20; i++) {
                    house.service.devices().disable(OPERATOR, device.id());
                    house.service.devices().enable(OPERATOR, device.id());
                }
            } finally {
                asking.shutdownNow();
            }
        }

        @Test
        void endsTheWindow() {
            waits(HOME);
            approve(alice, pending());
            house.clock.advance(ApprovalTimes.DEFAULTS.window());
            waits(HOME);
            assertEquals(1, requests(State.EXPIRED).size());
            assertFalse(pending().askedAgain());
        }

        @Test
        void forgetsARequestThatNobodyRepeats() {
            waits(HOME);
            ApprovalRequest old = pending();
            house.clock.advance(ApprovalTimes.DEFAULTS.pending());
            assertEquals(State.EXPIRED, approvals.state(old));
            assertRefused(OperationException.Kind.CONFLICT, () -> approve(alice, old));
            waits(HOME);
            assertEquals(1, requests(State.PENDING).size());
        }

        @Test
        void refusesVotesOfOutsidersAdministratorsIncluded() {
            Member admin = member("root", Role.ADMIN);
            waits(HOME);
            assertRefused(OperationException.Kind.FORBIDDEN, () -> approve(bob, pending()));
            assertRefused(OperationException.Kind.FORBIDDEN, () -> approve(admin, pending()));
            assertRefused(
                    OperationException.Kind.FORBIDDEN,
                    () -> approvals.deny(admin, pending().id(), "", false));
        }

        @Test
        void neverAsksForASourceThatPolicyRefuses() {
            refuses(Reason.SOURCE_NOT_ALLOWED, TestService.AWAY);
            house.service.devices().disable(OPERATOR, device.id());
            refuses(Reason.DISABLED, HOME);
            assertEquals(List.of(), requests(null));
        }

        @Test
        void deniesTheSourceForAWhileAndNoOther() {
            waits(HOME);
            waits(OTHER);
            ApprovalRequest home = requests(State.PENDING).stream()
                    .filter(request -> request.source().equals(IpAddress.parse(HOME)))
                    .findFirst()
                    .orElseThrow();
            approvals.deny(alice, home.id(), "not me", false);
            refuses(Reason.TEMPORARY_DENY, HOME);
            approve(alice, pending());
            opens(OTHER);
            house.clock.advance(ApprovalTimes.DEFAULTS.temporaryDeny());
            waits(HOME);
        }

        @Test
        void liftsADenial() {
            waits(HOME);
            approvals.deny(alice, pending().id(), "", false);
            house.service.temporaryDenies().lift(OPERATOR, device.id());
            waits(HOME);
        }

        @Test
        void deniesTheWholeDeviceAndCancelsEverything() {
            waits(HOME);
            waits(OTHER);
            List<ApprovalRequest> both = requests(State.PENDING);
            approve(alice, both.get(0));
            approvals.deny(alice, both.get(1).id(), "stolen", true);
            refuses(Reason.TEMPORARY_DENY, HOME);
            refuses(Reason.TEMPORARY_DENY, OTHER);
            house.service.temporaryDenies().lift(OPERATOR, device.id());
            waits(both.get(0).source().toString());
        }

        @Test
        void withdrawsAnApproval() {
            waits(HOME);
            ApprovalRequest request = approve(alice, pending());
            approvals.deny(alice, request.id(), "changed my mind", false);
            refuses(Reason.TEMPORARY_DENY, HOME);
            house.service.temporaryDenies().lift(OPERATOR, device.id());
            waits(HOME);
        }

        @Test
        void keepsADeferredRequestPending() {
            waits(HOME);
            approvals.defer(alice, pending().id(), "at lunch");
            waits(HOME);
            assertEquals(ApprovalRequest.Verdict.DEFER, pending().votes().get(0).verdict());
            approve(alice, pending());
            opens(HOME);
        }

        @Test
        void dropsTheVoteOfAFiredApprover() {
            waits(HOME);
            approve(alice, pending());
            house.service.members().edit(OPERATOR, alice.id(), 1, new MemberChange(null, Role.VIEWER, null), true);
            refuses(Reason.NO_APPROVER, HOME);
            house.service
                    .approvalGroups()
                    .edit(
                            OPERATOR,
                            group.id(),
                            1,
                            new ApprovalGroups.Change(null, null, Set.of(alice.id(), bob.id()), null),
                            false);
            waits(HOME);
            approve(bob, requests(State.APPROVED).get(0));
            opens(HOME);
            waits(HOME);
        }

        @Test
        void endsRequestsByDisable() {
            waits(HOME);
            approve(alice, pending());
            waits(OTHER);
            house.service.devices().disable(OPERATOR, device.id());
            house.service.devices().enable(OPERATOR, device.id());
            assertEquals(2, requests(State.DENIED).size());
            waits(HOME);
            assertEquals(List.of(), pending().votes());
        }

        @Test
        void keepsAnExpiredRequestExpiredThoughTheDeviceIsDisabledLater() {
            waits(HOME);
            waits(OTHER);
            ApprovalRequest approved = approve(alice, pending());
            house.clock.advance(ApprovalTimes.DEFAULTS.pending());
            house.service.devices().disable(OPERATOR, device.id());
            assertEquals(2, requests(State.EXPIRED).size());
            assertEquals(State.EXPIRED, approvals.get(approved.id()).state());
            assertEquals(List.of(), requests(State.DENIED));
        }

        @Test
        void endsRequestsByALockdownThatCoversTheDevice() {
            waits(HOME);
            approve(alice, pending());
            String elsewhere = house.service
                    .lockdowns()
                    .start(OPERATOR, List.of("other"), "elsewhere")
                    .id();
            assertEquals(1, requests(State.APPROVED).size());
            String here = house.service
                    .lockdowns()
                    .start(OPERATOR, List.of("prod"), "here")
                    .id();
            house.service.lockdowns().lift(OPERATOR, elsewhere);
            house.service.lockdowns().lift(OPERATOR, here);
            waits(HOME);
            assertEquals(1, requests(State.DENIED).size());
        }

        @Test
        void refusesToTakeApprovalAwayUnlessConfirmed() {
            OperationException refusal = assertRefused(
                    OperationException.Kind.UNCONFIRMED,
                    () -> house.service.approvalGroups().delete(OPERATOR, group.id(), false));
            assertEquals(1, refusal.devices());
            assertRefused(
                    OperationException.Kind.UNCONFIRMED,
                    () -> house.service
                            .devices()
                            .edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("web"), false));
            house.service.approvalGroups().delete(OPERATOR, group.id(), true);
            opens(HOME);
        }

        @Test
        void letsOnlyAnEffectiveApproverSkipApproval() {
            AllowanceRequest skip = AllowanceRequest.defaults().withSkips(AllowanceSkip.APPROVAL);
            assertRefused(
                    OperationException.Kind.FORBIDDEN,
                    () -> house.service.allowances().grant(Actor.of(bob), device.id(), skip));
            house.service.allowances().grant(Actor.of(alice), device.id(), skip);
            opens(HOME);
            assertEquals(Reason.ALLOWED_ONCE, house.last(device).reason());
            waits(HOME);
        }

        @Test
        void keepsAtMostFourRequestsOpen() {
            for (int i = 1; i <= 8; i++) {
                waits("10.0.0." + i);
            }
            assertEquals(4, requests(State.PENDING).size());
        }
    }

    @Nested
    class WithoutAnApprover {
        @Test
        void refusesWhereApprovalIsRequired() {
            Device alone = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("alone").withRequireApproval(true));
            assertEquals(new UnlockResult.Refused(Reason.NO_APPROVER), house.unlock(alone, HOME));
        }

        @Test
        void refusesAQuorumThatCannotBeReached() {
            group("pair", "prod", 3, alice, bob);
            refuses(Reason.NO_APPROVER, HOME);
        }

        @Test
        void refusesWhereTheOnlyApproverMayNotDecide() {
            group("viewers", "prod", 1, member("dave", Role.VIEWER));
            refuses(Reason.NO_APPROVER, HOME);
        }
    }

    @Nested
    class WithAQuorumOfTwo {
        private final ApprovalGroup pair = group("pair", "prod", 2, alice, bob);

        @Test
        void wantsTwoDifferentPeople() {
            waits(HOME);
            approve(alice, pending());
            approve(alice, pending());
            waits(HOME);
            approve(bob, pending());
            opens(HOME);
        }

        @Test
        void endsByOneDenial() {
            waits(HOME);
            approve(alice, pending());
            approvals.deny(bob, pending().id(), "", false);
            refuses(Reason.TEMPORARY_DENY, HOME);
        }

        @Test
        void isNotDilutedByASecondGroup() {
            group("anybody", "web", 1, carol);
            waits(HOME);
            approve(carol, pending());
            waits(HOME);
            approve(alice, pending());
            waits(HOME);
            approve(bob, pending());
            opens(HOME);
        }

        @Test
        void countsMembersOfUserGroups() {
            Set<String> members = Set.of(carol.id(), bob.id());
            String team =
                    house.service.userGroups().create(OPERATOR, "team", members).id();
            house.service
                    .approvalGroups()
                    .edit(OPERATOR, pair.id(), 1, new ApprovalGroups.Change(null, null, Set.of(team), null), false);
            waits(HOME);
            assertRefused(OperationException.Kind.FORBIDDEN, () -> approve(alice, pending()));
            approve(carol, pending());
            approve(bob, pending());
            opens(HOME);
        }
    }

    @Test
    void keepsTheEndOfATokenThatItsBearerRotates() {
        Members members = house.service.members();
        Members.Issued issued =
                members.create(OPERATOR, new MemberChange("visitor", Role.VIEWER, null), Duration.ofHours(1));
        Actor visitor = Actor.of(issued.member());
        Members.Issued rotated = members.rotateToken(visitor, issued.member().id(), null);
        assertEquals(issued.member().tokenExpires(), rotated.member().tokenExpires());
        assertTrue(members.authenticate(issued.token()).isEmpty());
        assertTrue(members.authenticate(rotated.token()).isPresent());
        house.clock.advance(Duration.ofHours(1));
        assertTrue(members.authenticate(rotated.token()).isEmpty());
    }

    @Test
    void keepsTheLastAdministrator() {
        Members members = house.service.members();
        Member first = members.create(OPERATOR, new MemberChange("root", Role.ADMIN, null), null)
                .member();
        assertRefused(OperationException.Kind.CONFLICT, () -> members.delete(OPERATOR, first.id()));
        assertRefused(
                OperationException.Kind.CONFLICT,
                () -> members.edit(OPERATOR, first.id(), 1, new MemberChange(null, Role.VIEWER, null)));
        members.create(OPERATOR, new MemberChange("root-2", Role.ADMIN, null), null);
        members.delete(OPERATOR, first.id());
    }

    @Test
    void collectsExactlyTheVolumesUnderContention() throws Exception {
        group("ops", "prod", 1, alice);
        house.service
                .devices()
                .edit(OPERATOR, device.id(), 1, DeviceChange.none().withVolumes(3), false);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            for (int round = 0; round < 5; round++) {
                waits(HOME);
                approve(alice, pending());
                List<Future<UnlockResult>> answers = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    answers.add(threads.submit(() -> house.unlock(device, HOME)));
                }
                int answered = 0;
                for (Future<UnlockResult> answer : answers) {
                    answered += answer.get() instanceof UnlockResult.Answered ? 1 : 0;
                }
                assertEquals(3, answered, "round " + round);
                house.clock.advance(Duration.ofMinutes(30));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
