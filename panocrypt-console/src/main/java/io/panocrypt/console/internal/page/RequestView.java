package io.panocrypt.console.internal.page;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An approval request with all that a person should know before deciding.
 *
 * @param request as stored
 * @param state as of now
 * @param deviceName empty if the device's record cannot be read
 * @param tags the device's
 * @param origin why the source is admitted, such as the name of a network access list; empty if it is not by now
 * @param knownSince when the device was first unlocked from the source
 * @param gates what a dry run says, in the order of the gates
 * @param uses how many answers an approval gives
 * @param approvals how many effective approvers have approved
 * @param quorum how many are needed; 1 at least
 * @param approvers the names of those who may decide
 * @param missing the names of those of them who have not approved
 * @param votes newest first
 * @param own the member's own vote
 * @param verdicts what the member may decide now
 * @param refusal why nothing
 * @param warnings why to look twice before approving
 * @param others further open requests of the device
 * @param refused how long a denial refuses the source
 * @param window how long an approval may be collected
 */
public record RequestView(
        ApprovalRequest request,
        State state,
        Optional<String> deviceName,
        List<String> tags,
        Optional<String> origin,
        Optional<Instant> knownSince,
        List<GateView> gates,
        int uses,
        int approvals,
        int quorum,
        List<String> approvers,
        List<String> missing,
        List<VoteView> votes,
        Optional<Verdict> own,
        Set<Verdict> verdicts,
        Optional<String> refusal,
        List<Warning> warnings,
        List<ApprovalRequest> others,
        Duration refused,
        Duration window) {

    /** One gate: its name, its result and whether it is the one that decides. */
    public record GateView(String name, String result, boolean isDeciding) {
        public boolean isPassed() {
            return result.equals("pass");
        }
    }

    /** One vote, with the member's name. */
    public record VoteView(String name, Verdict verdict, Instant time, String comment) {}

    /** Reasons to look twice. */
    public enum Warning {
        /** Opened within 10 minutes of a collection. */
        ASKED_AGAIN,
        /** The device was never unlocked from this source. */
        NEW_SOURCE,
        /** A request of the device was denied within the last hour. */
        DENIED_BEFORE,
        /** The device waits at another source too. */
        TWO_SOURCES
    }

    public String source() {
        return request.source().toString();
    }

    /** The device's name, or its id. */
    public String name() {
        return deviceName.orElse(request.deviceId());
    }

    public boolean may(Verdict verdict) {
        return verdicts.contains(verdict);
    }

    public boolean isPending() {
        return state == State.PENDING;
    }

    public boolean isApproved() {
        return state == State.APPROVED;
    }

    public boolean approvedByMe() {
        return own.equals(Optional.of(Verdict.APPROVE));
    }

    /** The vote that ended the request or completed its approval. */
    public Optional<VoteView> lastVote() {
        return votes.stream().findFirst();
    }

    /** The warnings as a form sends them back, so that an approval says which ones were seen. */
    public String warningCodes() {
        return String.join(",", warnings.stream().map(Enum::name).toList());
    }
}
