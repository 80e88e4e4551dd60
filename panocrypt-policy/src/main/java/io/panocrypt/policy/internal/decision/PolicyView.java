package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that a decision about one device reads.
 *
 * @param device the device
 * @param listed the blocks of all network access lists that the device refers to
 * @param lockdowns all lockdowns
 * @param denies the device's temporary denies
 * @param allowances the device's allowances with uses left
 * @param approval who may approve the device
 * @param requests the device's approval requests: open ones, and recently ended ones
 * @param pendingLife how long a request lives after its last attempt
 */
public record PolicyView(
        Device device,
        List<Cidr> listed,
        List<Lockdown> lockdowns,
        List<TemporaryDeny> denies,
        List<Allowance> allowances,
        ApprovalPolicy approval,
        List<Request> requests,
        Duration pendingLife) {

    /**
     * An approval request and the uses left of its approval.
     *
     * @param usesLeft how many answers its grant may still give; 0 without a valid grant
     * @param approvals the members whose approvals count: those that are signed, if they must be
     */
    public record Request(ApprovalRequest request, int usesLeft, Set<String> approvals) {
        public Request {
            approvals = Set.copyOf(approvals);
        }
    }

    public PolicyView {
        listed = List.copyOf(listed);
        lockdowns = List.copyOf(lockdowns);
        denies = List.copyOf(denies);
        allowances = List.copyOf(allowances);
        requests = List.copyOf(requests);
    }

    /** Whether one of the blocks contains the source; false for an unknown source. */
    public boolean admits(Optional<IpAddress> source) {
        return source.filter(address -> sources().anyMatch(block -> block.contains(address)))
                .isPresent();
    }

    /** Whether a valid allowance or approval fits the source, sufficient or not. */
    public boolean hasGrantFor(Optional<IpAddress> source, Instant now) {
        return allowances.stream()
                        .anyMatch(allowance ->
                                allowance.usesLeft() > 0 && allowance.isValidAt(now) && allowance.fits(source))
                || requests.stream()
                        .filter(candidate -> candidate.usesLeft() > 0)
                        .map(Request::request)
                        .filter(request -> request.stateAt(now, pendingLife) == ApprovalRequest.State.APPROVED)
                        .anyMatch(request ->
                                source.filter(request.source()::equals).isPresent());
    }

    /** The union of the device's own blocks and those of its lists. */
    public Stream<Cidr> sources() {
        return Stream.concat(device.sources().stream().map(SourceRule::cidr), listed.stream());
    }
}
