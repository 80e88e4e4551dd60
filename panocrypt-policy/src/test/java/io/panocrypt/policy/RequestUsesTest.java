package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An approval gives the answers that its approvers saw, even if the device changes meanwhile. */
class RequestUsesTest {
    private final TestService house = new TestService();
    private final List<String> told = new ArrayList<>();
    private final Panocrypt service = Panocrypt.builder()
            .store(house.memory)
            .custody(house.custody)
            .publicUrl(URI.create("http://192.0.2.80:8080"))
            .clock(house.clock)
            .checkpointInterval(Duration.ZERO)
            .noticeInterval(Duration.ZERO)
            .notifier(listening())
            .build();
    private final Approvals approvals = service.approvals();
    private final Member alice = member("alice");
    private final Member bob = member("bob");
    private final Device device = service.devices()
            .create(Actor.HOST, TestService.wanted("web-1").withTags("prod").withVolumes(2));

    @AfterEach
    void close() {
        service.close();
        house.close();
    }

    private Notifier listening() {
        return new Notifier() {
            @Override
            public Set<String> schemes() {
                return Set.of("mailto");
            }

            @Override
            public Delivery deliver(Notice notice, URI contact) {
                told.add(notice.text());
                return new Delivery.Done();
            }
        };
    }

    private Member member(String name) {
        MemberChange wanted = new MemberChange(name, Role.APPROVER, List.of("mailto:" + name + "@example.org"));
        return service.members().create(Actor.HOST, wanted, null).member();
    }

    private void group(int quorum) {
        service.approvalGroups()
                .create(
                        Actor.HOST,
                        new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice.id(), bob.id()), quorum));
    }

    private void volumes(int count) {
        service.devices()
                .edit(
                        Actor.HOST,
                        device.id(),
                        house.current(device).version(),
                        DeviceChange.none().withVolumes(count),
                        false);
    }

    private UnlockResult ask() {
        return service.unlock(TestService.attempt(device, TestService.HOME));
    }

    private ApprovalRequest waiting() {
        assertEquals(new UnlockResult.Pending(), ask());
        return approvals.list(ApprovalRequest.State.PENDING, null, 10).items().get(0);
    }

    private void approve(Member voter, ApprovalRequest request) {
        approvals.approve(voter, request.id(), "", List.of());
    }

    private void assertAnswers(int count) {
        for (int i = 0; i < count; i++) {
            assertInstanceOf(UnlockResult.Answered.class, ask(), "answer " + i);
        }
        assertEquals(new UnlockResult.Pending(), ask());
    }

    @Test
    void areThoseOfItsOpeningThoughVolumesWereRaised() {
        group(1);
        ApprovalRequest request = waiting();
        assertEquals(2, approvals.uses(request));
        volumes(32);
        assertEquals(2, approvals.uses(approvals.get(request.id())));
        approve(alice, request);
        assertAnswers(2);
    }

    @Test
    void areThoseOfItsOpeningThoughVolumesWereLowered() {
        group(1);
        ApprovalRequest request = waiting();
        volumes(1);
        assertEquals(2, approvals.uses(approvals.get(request.id())));
        approve(alice, request);
        assertAnswers(2);
    }

    @Test
    void areTheSameForAllOfAQuorum() {
        group(2);
        ApprovalRequest request = waiting();
        approve(alice, request);
        volumes(32);
        approve(bob, request);
        assertAnswers(2);
    }

    /** A request that an earlier release opened. */
    @Test
    void areFixedByTheFirstVoteWhereTheOpeningFixedNone() {
        group(2);
        ApprovalRequest request = waiting();
        forgetUses(request);
        volumes(3);
        assertEquals(3, approvals.uses(approvals.get(request.id())), "as the device is now");
        approve(alice, request);
        volumes(32);
        assertEquals(3, approvals.uses(approvals.get(request.id())), "as the first voter saw it");
        approve(bob, request);
        assertAnswers(3);
    }

    private void forgetUses(ApprovalRequest request) {
        PolicyRecord now = house.memory.get(RecordMapper.REQUEST, request.id()).orElseThrow();
        long version = now.version() + 1;
        String body =
                now.body().replace(",\"uses\":2", "").replace("\"version\":" + now.version(), "\"version\":" + version);
        PolicyRecord old = new PolicyRecord(now.kind(), now.id(), version, body, now.uniqueTerms(), now.terms());
        JournalEntry entry = new JournalEntry("forget", JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}");
        assertEquals(
                new WriteResult.Written(),
                house.memory.write(StoreWrite.of(entry).put(old).build()));
        assertEquals(0, approvals.get(request.id()).uses());
    }

    @Test
    void areToldToWhoeverDecides() {
        group(1);
        ApprovalRequest request = waiting();
        service.outbox().workOff();
        assertEquals(
                List.of("web-1 waits for approval of 2 answers from 10.0.0.1; request " + request.shortId()),
                told.stream().filter(text -> text.contains("waits")).distinct().toList());
    }
}
