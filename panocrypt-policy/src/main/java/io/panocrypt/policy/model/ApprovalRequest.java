package io.panocrypt.policy.model;

import io.panocrypt.policy.net.IpAddress;
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
 * @param place which of the device's places it holds while it is open
 * @param state as far as it is written; {@link #stateAt} tells what time has made of it
 * @param since the first attempt
 * @param lastSeen the last attempt that is recorded
 * @param attempts how many attempts are recorded; a node records what it has counted with the first attempt after 1/20 of
 *     a request's life, and in any case within 2 minutes
 * @param votes what approvers decided, oldest first; one of each
 * @param grantId the grant that an approval opened
 * @param windowEnd when the approval's collection window ends
 * @param collected how many answers were given
 * @param collectedAt when this source was last given an answer, by this request or a former one
 * @param askedAgain whether it opened within 10 minutes of a collection: somebody else may have collected
 * @param uses how many answers its approval gives: the device's volumes when it opened, so that approvers grant what they
 *     see; 0 in a record of a release that did not know it, see {@link #usesOr}
 * @param version counts changes from 1
 */
public record ApprovalRequest(
        String id,
        String deviceId,
        IpAddress source,
        Place place,
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
        int uses,
        long version) {

    public ApprovalRequest {
        votes = List.copyOf(votes);
    }

    /** How many characters at the end of an identifier name a request among those that wait. */
    public static final int SHORT_ID = 6;

    /** A place that one open request of a device may hold: so many requests are open at most. */
    public enum Place implements WireNamed {
        FIRST,
        SECOND,
        THIRD,
        FOURTH,
        /** Kept for the registered source when strangers hold the others. */
        REGISTERED,
        /** Kept for the source that collected last when strangers hold the others. */
        LAST_COLLECTOR;

        /** Whether any source may hold it; of the addresses of an IPv6 /64 only one. */
        public boolean isForAnybody() {
            return compareTo(REGISTERED) < 0;
        }
    }

    /** The life of a request. */
    public enum State implements WireNamed {
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
    public enum Verdict implements WireNamed {
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
     * @param uses how many answers its approval gives
     */
    public static ApprovalRequest open(
            String id,
            String deviceId,
            IpAddress source,
            Place place,
            Instant now,
            boolean askedAgain,
            Optional<Instant> lastCollected,
            int uses) {
        return new ApprovalRequest(
                id,
                deviceId,
                source,
                place,
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
                uses,
                1);
    }

    /**
     * The end of the identifier, which a person can type. It is random, where the beginning is a time that requests of the
     * same minutes share.
     */
    public String shortId() {
        return id.substring(Math.max(0, id.length() - SHORT_ID));
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

    /** Whether it is written as one that waits or may be collected, and so holds its place, whatever time has made of it. */
    public boolean holdsPlace() {
        return state == State.PENDING || state == State.APPROVED;
    }

    /**
     * How many answers its approval gives.
     *
     * @param volumes the device's, for a request that an older release has opened and nobody has voted on since
     */
    public int usesOr(int volumes) {
        return uses == 0 ? volumes : uses;
    }

    /** The members whose last decision is to approve. */
    public Set<String> approvedBy() {
        return votes.stream()
                .filter(vote -> vote.verdict() == Verdict.APPROVE)
                .map(Vote::memberId)
                .collect(Collectors.toSet());
    }

    /**
     * The same request with a vote more, which replaces the member's former one.
     *
     * @param voted how many answers the voter saw that an approval gives
     */
    public ApprovalRequest with(Vote vote, int voted) {
        Copy copy = new Copy();
        copy.uses = voted;
        copy.votes.removeIf(former -> former.memberId().equals(vote.memberId()));
        copy.votes.add(vote);
        return copy.make();
    }

    /** The same request, approved until the end of a window. */
    public ApprovalRequest approve(String grant, Instant end) {
        Copy copy = new Copy();
        copy.state = State.APPROVED;
        copy.grantId = Optional.of(grant);
        copy.windowEnd = Optional.of(end);
        return copy.make();
    }

    /** The same request in another written state. */
    public ApprovalRequest withState(State newState) {
        Copy copy = new Copy();
        copy.state = newState;
        return copy.make();
    }

    /**
     * The same request after further attempts.
     *
     * @param last when the last of them was, unless a later one is recorded already
     * @param more how many
     */
    public ApprovalRequest seen(Instant last, long more) {
        Copy copy = new Copy();
        copy.lastSeen = last.isAfter(lastSeen) ? last : lastSeen;
        copy.attempts += more;
        return copy.make();
    }

    /**
     * The same request after an answer was given.
     *
     * @param more how many attempts this makes, with those before it that are not recorded
     */
    public ApprovalRequest collect(Instant now, boolean last, long more) {
        Copy copy = new Copy();
        copy.state = last ? State.COLLECTED : state;
        copy.lastSeen = now;
        copy.attempts += more;
        copy.collected++;
        copy.collectedAt = Optional.of(now);
        return copy.make();
    }

    /** The same request at another version. */
    public ApprovalRequest withVersion(long newVersion) {
        Copy copy = new Copy();
        copy.version = newVersion;
        return copy.make();
    }

    /** This request with what changes in its life still open to change. */
    private final class Copy {
        private State state = ApprovalRequest.this.state;
        private Instant lastSeen = ApprovalRequest.this.lastSeen;
        private long attempts = ApprovalRequest.this.attempts;
        private final List<Vote> votes = new ArrayList<>(ApprovalRequest.this.votes);
        private Optional<String> grantId = ApprovalRequest.this.grantId;
        private Optional<Instant> windowEnd = ApprovalRequest.this.windowEnd;
        private int collected = ApprovalRequest.this.collected;
        private Optional<Instant> collectedAt = ApprovalRequest.this.collectedAt;
        private int uses = ApprovalRequest.this.uses;
        private long version = ApprovalRequest.this.version;

        ApprovalRequest make() {
            return new ApprovalRequest(
                    id,
                    deviceId,
                    source,
                    place,
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
                    uses,
                    version);
        }
    }
}
