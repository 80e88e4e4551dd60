package io.panocrypt.policy.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A device that waits at one source for a human's decision.
 *
 * @param id never changes
 * @param deviceId the device
 * @param source where it asks from
 * @param state as far as it is written; {@link #stateAt} tells what time has made of it
 * @param since the first attempt
 * @param lastSeen the last attempt that was recorded
 * @param attempts how many attempts were recorded; further ones within 1/20 of the life of a request are not
 * @param votes what approvers decided, oldest first; one of each
 * @param grantId the grant that an approval opened
 * @param windowEnd when the approval's collection window ends
 * @param collected how many answers were given
 * @param collectedAt when this source was last given an answer, by this request or a former one
 * @param askedAgain whether it opened within 10 minutes of a collection: somebody else may have collected
 * @param version counts changes from 1
 */
public record ApprovalRequest(
        String id,
        String deviceId,
        IpAddress source,
        State state,
        Instant since,
        Instant lastSeen,
        long attempts,
        List<Vote> votes,
        Optional<String> grantId,
        Optional<Instant> windowEnd,
        int collected,
        Optional<Instant> collectedAt,
        boolean askedAgain,
        long version) {

    public ApprovalRequest {
        votes = List.copyOf(votes);
    }

    /** The life of a request. */
    public enum State {
        /** Waits for a decision. */
        PENDING,
        /** May be collected. */
        APPROVED,
        /** Every use of the approval is spent. */
        COLLECTED,
        /** Refused, or an approval withdrawn. */
        DENIED,
        /** Nobody asked or collected in time. */
        EXPIRED
    }

    /** What an approver may decide. */
    public enum Verdict {
        APPROVE,
        DENY,
        /** Not now: keeps it pending. */
        DEFER
    }

    /** One approver's decision. */
    public record Vote(String memberId, Verdict verdict, Instant time, String comment) {}

    /**
     * A request that opens at its first attempt.
     *
     * @param lastCollected when the same source collected last, if it is known
     */
    public static ApprovalRequest open(
            String id,
            String deviceId,
            IpAddress source,
            Instant now,
            boolean askedAgain,
            Optional<Instant> lastCollected) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                State.PENDING,
                now,
                now,
                1,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                0,
                lastCollected,
                askedAgain,
                1);
    }

    /**
     * The state at that time.
     *
     * @param pendingLife how long a request outlives its last attempt
     */
    public State stateAt(Instant now, Duration pendingLife) {
        if (state == State.PENDING && !now.isBefore(lastSeen.plus(pendingLife))) {
            return State.EXPIRED;
        }
        if (state == State.APPROVED
                && windowEnd.filter(end -> now.isBefore(end)).isEmpty()) {
            return State.EXPIRED;
        }
        return state;
    }

    /** Whether it is PENDING or APPROVED at that time. */
    public boolean isOpenAt(Instant now, Duration pendingLife) {
        State current = stateAt(now, pendingLife);
        return current == State.PENDING || current == State.APPROVED;
    }

    /** The members whose last decision is to approve. */
    public Set<String> approvedBy() {
        return votes.stream()
                .filter(vote -> vote.verdict() == Verdict.APPROVE)
                .map(Vote::memberId)
                .collect(Collectors.toSet());
    }

    /** The same request with a vote more, which replaces the member's former one. */
    public ApprovalRequest with(Vote vote) {
        List<Vote> all = new ArrayList<>(votes);
        all.removeIf(former -> former.memberId().equals(vote.memberId()));
        all.add(vote);
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                state,
                since,
                lastSeen,
                attempts,
                all,
                grantId,
                windowEnd,
                collected,
                collectedAt,
                askedAgain,
                version);
    }

    /** The same request, approved until the end of a window. */
    public ApprovalRequest approve(String grant, Instant end) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                State.APPROVED,
                since,
                lastSeen,
                attempts,
                votes,
                Optional.of(grant),
                Optional.of(end),
                collected,
                collectedAt,
                askedAgain,
                version);
    }

    /** The same request in another written state. */
    public ApprovalRequest withState(State newState) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                newState,
                since,
                lastSeen,
                attempts,
                votes,
                grantId,
                windowEnd,
                collected,
                collectedAt,
                askedAgain,
                version);
    }

    /** The same request after another attempt. */
    public ApprovalRequest seen(Instant now, long times) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                state,
                since,
                now,
                attempts + times,
                votes,
                grantId,
                windowEnd,
                collected,
                collectedAt,
                askedAgain,
                version);
    }

    /** The same request after an answer was given. */
    public ApprovalRequest collect(Instant now, boolean last) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                last ? State.COLLECTED : state,
                since,
                now,
                attempts + 1,
                votes,
                grantId,
                windowEnd,
                collected + 1,
                Optional.of(now),
                askedAgain,
                version);
    }

    /** The same request at another version. */
    public ApprovalRequest withVersion(long newVersion) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                state,
                since,
                lastSeen,
                attempts,
                votes,
                grantId,
                windowEnd,
                collected,
                collectedAt,
                askedAgain,
                newVersion);
    }
}
