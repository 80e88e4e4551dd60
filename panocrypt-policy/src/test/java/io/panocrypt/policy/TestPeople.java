package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.function.Executable;

/** A service with people who decide, a server of theirs, and short names for their actions. */
final class TestPeople implements AutoCloseable {
    final TestService house = new TestService();
    final Panocrypt service = house.service;
    final Member alice = member("alice", Role.APPROVER);
    final Member bob = member("bob", Role.APPROVER);
    final Member carol = member("carol", Role.APPROVER);
    /** Admits 10.0.0.0/24, is tagged {@code prod} and {@code web}, and has one volume. */
    final Device server =
            service.devices().create(OPERATOR, TestService.wanted("web-1").withTags("prod", "web"));

    private Member member(String name, Role role) {
        return service.members()
                .create(OPERATOR, new MemberChange(name, role, null), null)
                .member();
    }

    ApprovalGroup group(String name, String tag, int quorum, Member... approvers) {
        Set<String> ids = Arrays.stream(approvers).map(Member::id).collect(Collectors.toSet());
        return service.approvalGroups().create(OPERATOR, new ApprovalGroups.Change(name, Set.of(tag), ids, quorum));
    }

    Device edit(DeviceChange change, boolean confirmed) {
        return service.devices()
                .edit(OPERATOR, server.id(), house.current(server).version(), change, confirmed);
    }

    /** Replaces a record's text, as if an older version had stored it. */
    void rewrite(String kind, String id, String from, String to) {
        PolicyRecord now = house.memory.get(kind, id).orElseThrow();
        long next = now.version() + 1;
        String body = now.body()
                .replace(from, to)
                .replaceFirst("\"version\":" + now.version() + "(?=[,}])", "\"version\":" + next);
        PolicyRecord old = new PolicyRecord(kind, id, next, body, now.uniqueTerms(), now.terms());
        JournalEntry entry =
                new JournalEntry("rewrite-" + id, JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}");
        assertEquals(
                new WriteResult.Written(),
                house.memory.write(StoreWrite.of(entry).growEpoch(true).put(old).build()));
    }

    void opens(String source) {
        assertInstanceOf(UnlockResult.Answered.class, house.unlock(server, source));
    }

    void waits(String source) {
        assertEquals(new UnlockResult.Pending(), house.unlock(server, source));
    }

    void refuses(Reason reason, String source) {
        assertEquals(new UnlockResult.Refused(reason), house.unlock(server, source));
    }

    List<ApprovalRequest> requests() {
        return service.approvals().list(null, null, 1000).items();
    }

    /** The open request of the source, or its last one. */
    ApprovalRequest request(String source) {
        return requests().stream()
                .filter(request -> request.source().equals(IpAddress.parse(source)))
                .max(Comparator.comparing(ApprovalRequest::holdsPlace).thenComparing(ApprovalRequest::id))
                .orElseThrow();
    }

    ApprovalRequest.State state(String source) {
        return service.approvals().state(request(source));
    }

    void approve(Member voter, String source) {
        service.approvals().approve(voter, request(source).id(), "", List.of());
    }

    void deny(Member voter, String source) {
        service.approvals().deny(voter, request(source).id(), "not mine", false);
    }

    static OperationException assertRefused(OperationException.Kind kind, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        return refusal;
    }

    @Override
    public void close() {
        house.close();
    }
}
