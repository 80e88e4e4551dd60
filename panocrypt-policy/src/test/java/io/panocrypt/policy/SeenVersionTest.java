package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.HOME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Votes on what the voter saw: whoever is second sees the first vote before another is taken. */
class SeenVersionTest {
    private static final String OTHER = "10.0.0.2";

    private final TestPeople people = new TestPeople();
    private final Approvals approvals = people.service.approvals();

    @AfterEach
    void close() {
        people.close();
    }

    private ApprovalRequest waiting(int quorum) {
        people.group("ops", "prod", quorum, people.alice, people.bob);
        people.waits(HOME);
        return people.request(HOME);
    }

    @Test
    void attemptsMakeNoVoteStale() {
        ApprovalRequest seen = waiting(1);
        people.house.clock.advance(Duration.ofSeconds(40));
        people.waits(HOME);
        assertTrue(people.request(HOME).version() > seen.version());
        assertEquals(
                State.APPROVED,
                approvals
                        .approve(people.alice, seen.id(), seen.version(), "", List.of())
                        .state());
    }

    @Test
    void theSameVoteIsTakenOnce() {
        ApprovalRequest seen = waiting(2);
        approvals.approve(people.alice, seen.id(), seen.version(), "", List.of());
        assertRefused(Kind.STALE, () -> approvals.approve(people.alice, seen.id(), seen.version(), "", List.of()));
        assertRefused(Kind.STALE, () -> approvals.defer(people.alice, seen.id(), seen.version(), ""));
        assertRefused(Kind.STALE, () -> approvals.deny(people.alice, seen.id(), seen.version(), "", false));
        assertEquals(1, people.request(HOME).votes().size());
    }

    @Test
    void aVersionThatWasNeverThereIsStale() {
        ApprovalRequest seen = waiting(1);
        assertRefused(Kind.STALE, () -> approvals.approve(people.alice, seen.id(), seen.version() + 1, "", List.of()));
        assertRefused(Kind.STALE, () -> approvals.approve(people.alice, seen.id(), -2, "", List.of()));
    }

    @Test
    void ofTwoWhoSawTheSameOneDecides() throws Exception {
        ApprovalRequest seen = waiting(1);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Callable<ApprovalRequest>> votes = List.of(
                    () -> approvals.approve(people.alice, seen.id(), seen.version(), "", List.of()),
                    () -> approvals.deny(people.bob, seen.id(), seen.version(), "", false));
            int taken = 0;
            for (Future<ApprovalRequest> vote : pool.invokeAll(votes)) {
                try {
                    vote.get();
                    taken++;
                } catch (java.util.concurrent.ExecutionException e) {
                    assertEquals(Kind.STALE, ((OperationException) e.getCause()).kind());
                }
            }
            assertEquals(1, taken);
            assertEquals(1, people.request(HOME).votes().size());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void anApproverMayDecideAndAnOutsiderLearnsWhy() {
        ApprovalRequest waiting = waiting(1);
        assertEquals(
                new Approvals.Ballot(Set.of(Verdict.values()), Optional.empty()),
                approvals.ballot(people.alice, waiting));
        assertEquals(
                new Approvals.Ballot(Set.of(), Optional.of("only an effective approver of the device may decide")),
                approvals.ballot(people.carol, waiting));
    }

    @Test
    void anApprovalMayOnlyBeWithdrawnAndAnEndedRequestIsOver() {
        waiting(1);
        people.approve(people.alice, HOME);
        assertEquals(
                Set.of(Verdict.DENY),
                approvals.ballot(people.bob, people.request(HOME)).verdicts());
        people.deny(people.bob, HOME);
        assertEquals(
                new Approvals.Ballot(Set.of(), Optional.of("the request is denied")),
                approvals.ballot(people.alice, people.request(HOME)));
    }

    @Test
    void theBackgroundShowsSinceWhenTheSourceIsKnownAndWhatElseWasAsked() {
        ApprovalRequest first = waiting(1);
        assertEquals(new Approvals.Background(Optional.empty(), false, List.of()), approvals.background(first));
        people.waits(OTHER);
        people.deny(people.bob, OTHER);
        people.approve(people.alice, HOME);
        people.opens(HOME);
        Approvals.Background now = approvals.background(people.request(HOME));
        assertEquals(Optional.of(people.house.clock.instant()), now.knownSince());
        assertEquals(
                List.of(State.DENIED),
                now.others().stream().map(ApprovalRequest::state).toList());
        people.house.clock.advance(Duration.ofHours(1).plusMillis(1));
        assertEquals(List.of(), approvals.background(people.request(HOME)).others());
    }
}
