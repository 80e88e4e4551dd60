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
 * @param source the address that the device asks from
 * @param place which of the device's places it holds while it is open
 * @param state as stored; {@link #stateAt} also considers the time
 * @param since the first attempt
 * @param lastSeen the last attempt that is recorded
 * @param attempts how many attempts are recorded; a node records what it has counted with the first attempt after 1/20
 *     of a request's lifetime, and in any case within 2 minutes
 * @param votes what approvers decided, oldest first; one for each approver
 * @param grantId the grant that an approval opened
 * @param windowEnd when the approval's collection window ends
 * @param collected how many answers were given
 * @param collectedAt when this source was last given an answer, by this request or an earlier one
 * @param askedAgain whether it opened within 10 minutes of a collection: another machine may have collected
 * @param uses how many answers its approval gives. It is the device's number of volumes when the request opened,
 *     because approvers must grant what they see; 0 in a record of an old release, see {@link #usesOr}
 * @param version counts changes from 1
 * @param voted the version of the latest vote; 0 before the first one, and in a record of an old release
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
        long version,
        long voted) {

    public ApprovalRequest {
        votes = List.copyOf(votes);
    }

    /** Number of characters at the end of an identifier that identify a request among those that wait. */
    public static final int SHORT_ID = 6;

    /** A place that one open request of a device may hold; their number limits the open requests. */
    public enum Place implements WireNamed {
        FIRST,
        SECOND,
        THIRD,
        FOURTH,
        /** Reserved for the registered source if strangers hold the others. */
        REGISTERED,
        /** Reserved for the source that collected last if strangers hold the others. */
        LAST_COLLECTOR;

        /** Whether any source may hold it; only one address of an IPv6 /64 may. */
        public boolean isForAnybody() {
            return compareTo(REGISTERED) < 0;
        }
    }

    /** The states of a request. */
    public enum State implements WireNamed {
        /** Waits for a decision. */
        PENDING,
        /** May be collected. */
        APPROVED,
        /** Every use of the approval has been spent. */
        COLLECTED,
        /** Denied, or its approval was withdrawn. */
        DENIED,
        /** No attempt, or no collection, came in time. */
        EXPIRED
    }

    /** The decisions that an approver can make. */
    public enum Verdict implements WireNamed {
        APPROVE,
        DENY,
        /** Leaves it pending for now. */
        DEFER
    }

    /**
     * One approver's decision; the comment may be empty.
     *
     * @param proof the passkey's signature, if the vote has one
     */
    public record Vote(
            String memberId, Verdict verdict, Instant time, String comment, Optional<SignedStatement> proof) {
        /** A vote without a proof. */
        public Vote(String memberId, Verdict verdict, Instant time, String comment) {
            this(memberId, verdict, time, comment, Optional.empty());
        }
    }

    /**
     * A statement about a vote that a passkey has signed, with all that it takes to verify it offline. Bytes are base64url
     * without padding, as they came from the browser.
     *
     * @param statement the text, whose SHA-256 was the challenge
     * @param credentialId the passkey's credential
     * @param authenticatorData what the authenticator said
     * @param clientDataJson what the browser said
     * @param signature over both
     * @param algorithm the COSE number of the signature algorithm
     * @param publicKey the passkey's public key, a SubjectPublicKeyInfo in DER
     * @param rpId the id of the relying party
     * @param aaguid the model of the authenticator, a UUID
     */
    public record SignedStatement(
            String statement,
            String credentialId,
            String authenticatorData,
            String clientDataJson,
            String signature,
            int algorithm,
            String publicKey,
            String rpId,
            String aaguid) {}

    /**
     * Creates the request that the first attempt opens.
     *
     * @param lastCollected when the same source last collected, if known
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
                1,
                0);
    }

    /**
     * The end of the identifier, which a person can type. It is random, whereas the beginning is a time, which requests
     * of the same minutes share.
     */
    public String shortId() {
        return id.substring(Math.max(0, id.length() - SHORT_ID));
    }

    /**
     * The state at that time.
     *
     * @param pendingLife how long a request remains open after its last attempt
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

    /** Whether it is stored as pending or approved, and so holds its place, even if it has expired by now. */
    public boolean holdsPlace() {
        return state == State.PENDING || state == State.APPROVED;
    }

    /**
     * How many answers its approval gives.
     *
     * @param volumes the device's, for a request that an older release opened and that has no vote since
     */
    public int usesOr(int volumes) {
        return uses == 0 ? volumes : uses;
    }

    /** Whether nobody has voted since that version; attempts and collections do not count. */
    public boolean isUnchangedSince(long seen) {
        return voted <= seen && seen <= version;
    }

    /** The member's vote; empty if there is none. */
    public Optional<Vote> voteOf(String memberId) {
        return votes.stream().filter(vote -> vote.memberId().equals(memberId)).findFirst();
    }

    /** The members whose last decision is to approve. */
    public Set<String> approvedBy() {
        return votes.stream()
                .filter(vote -> vote.verdict() == Verdict.APPROVE)
                .map(Vote::memberId)
                .collect(Collectors.toSet());
    }

    /**
     * The same request with one more vote, which replaces the member's earlier one and is stored at the next version.
     *
     * @param voted how many answers the voter was shown that an approval gives
     */
    public ApprovalRequest with(Vote vote, int voted) {
        Copy copy = new Copy();
        copy.uses = voted;
        copy.votes.removeIf(former -> former.memberId().equals(vote.memberId()));
        copy.votes.add(vote);
        copy.voted = version + 1;
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

    /** The same request with another stored state. */
    public ApprovalRequest withState(State newState) {
        Copy copy = new Copy();
        copy.state = newState;
        return copy.make();
    }

    /**
     * The same request after further attempts.
     *
     * @param last when the last of them was; ignored if a later one is already recorded
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
     * @param more how many attempts to add, those before it that are not recorded included
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

    /** A mutable copy of the parts that still change during a request's life. */
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
        private long voted = ApprovalRequest.this.voted;

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
                    version,
                    voted);
        }
    }
}
