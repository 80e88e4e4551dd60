package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two weeks of requests: each day one is collected, two are denied, three expire. */
class RequestListTest {
    private static final int DAYS = 14;

    private final TestService house = new TestService();
    private final Counting store = new Counting(house);
    private final Panocrypt service = house.open(store, house.custody);
    private final Member alice = service.members()
            .create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null)
            .member();

    RequestListTest() {
        service.approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice.id()), null));
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            devices.add(service.devices()
                    .create(OPERATOR, TestService.wanted("web-" + i).withTags("prod")));
        }
        for (int day = 0; day < DAYS; day++) {
            devices.forEach(device -> house.unlock(device, TestService.HOME));
            List<ApprovalRequest> open = requests(State.PENDING);
            service.approvals().approve(alice, open.get(0).id(), "", List.of());
            house.unlock(service.devices().get(open.get(0).deviceId()), TestService.HOME);
            service.approvals().deny(alice, open.get(1).id(), "", false);
            service.approvals().deny(alice, open.get(2).id(), "", true);
            house.clock.advance(Duration.ofDays(1));
        }
    }

    @AfterEach
    void close() {
        service.close();
        house.close();
    }

    /** Counts the records that are read. */
    private static final class Counting extends ForwardingStore {
        private int read;

        Counting(TestService house) {
            super(house.memory);
        }

        @Override
        public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
            List<PolicyRecord> found = super.scan(kind, term, after, limit);
            read += found.size();
            return found;
        }
    }

    private List<ApprovalRequest> requests(@Nullable State state) {
        return service.approvals().list(state, null, 1000).items();
    }

    private List<ApprovalRequest> inPages(State state, int size) {
        List<ApprovalRequest> all = new ArrayList<>();
        @Nullable String cursor = null;
        do {
            Page<ApprovalRequest> page = service.approvals().list(state, cursor, size);
            assertTrue(page.items().size() <= size);
            all.addAll(page.items());
            cursor = page.nextCursor().orElse(null);
        } while (cursor != null);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void findsTheRequestsOfAState(State state) {
        List<ApprovalRequest> expected = requests(null).stream()
                .filter(request -> service.approvals().state(request) == state)
                .toList();
        assertEquals(expected, requests(state));
        assertEquals(expected, inPages(state, 5));
        assertEquals(
                switch (state) {
                    case PENDING, APPROVED -> 0;
                    case COLLECTED -> DAYS;
                    case DENIED -> 2 * DAYS;
                    case EXPIRED -> 3 * DAYS;
                },
                expected.size());
    }

    @ParameterizedTest
    @EnumSource(names = {"APPROVED", "COLLECTED", "DENIED"})
    void readsNoOthersForIt(State state) {
        int expected = requests(state).size();
        store.read = 0;
        requests(state);
        assertEquals(expected, store.read);
    }

    @Test
    void readsForTheNextPageNoMoreThanIsLeft() {
        Page<ApprovalRequest> first = service.approvals().list(State.DENIED, null, 2 * DAYS - 3);
        store.read = 0;
        assertEquals(
                3,
                service.approvals()
                        .list(State.DENIED, first.nextCursor().orElseThrow(), 10)
                        .items()
                        .size());
        assertEquals(3, store.read);
    }
}
