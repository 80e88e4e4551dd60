package io.panocrypt.policy.internal.policy;

import io.panocrypt.policy.internal.decision.ApprovalPolicy;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.passkey.VoteProofs;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Combines a device's snapshot and the shared policy into the view that a decision reads. Thread-safe. */
public final class PolicyViewFactory {
    private final PolicyCache policy;
    private final VoteProofs proofs;
    private final Duration pendingLife;

    /** @param pendingLife how long an approval request lives after its last attempt */
    public PolicyViewFactory(PolicyCache policy, VoteProofs proofs, Duration pendingLife) {
        this.policy = policy;
        this.proofs = proofs;
        this.pendingLife = pendingLife;
    }

    /** @return empty if the snapshot's epoch has passed */
    public Optional<PolicyView> of(DecisionSnapshot snapshot, Device device) {
        return policy.at(snapshot.epoch()).map(shared -> view(snapshot, device, shared));
    }

    private PolicyView view(DecisionSnapshot snapshot, Device device, PolicyCache.Shared shared) {
        ApprovalPolicy approval = shared.approval(device);
        return new PolicyView(
                device,
                shared.listed(device),
                shared.lockdowns(),
                shared.denies(device),
                snapshot.grants().stream()
                        .filter(RecordMapper::isAllowance)
                        .map(RecordMapper::allowance)
                        .toList(),
                approval,
                snapshot.requests().stream()
                        .map(record -> RecordMapper.read(record, ApprovalRequest.class))
                        .map(request -> request(request, approval, snapshot))
                        .toList(),
                pendingLife);
    }

    /** Verifies signatures only where the approval could be collected: a host that waits must cost no more than any other. */
    private PolicyView.Request request(ApprovalRequest request, ApprovalPolicy approval, DecisionSnapshot snapshot) {
        int left = usesLeft(request, snapshot);
        if (!approval.demandsProof()) {
            return new PolicyView.Request(request, left, request.approvedBy());
        }
        boolean collectable = left > 0 && request.state() == ApprovalRequest.State.APPROVED;
        return new PolicyView.Request(
                request, left, collectable ? proofs.approvals(request, snapshot.now()) : Set.of());
    }

    private static int usesLeft(ApprovalRequest request, DecisionSnapshot snapshot) {
        return snapshot.grants().stream()
                .filter(grant -> request.grantId().filter(grant.id()::equals).isPresent())
                .filter(grant -> grant.isValidAt(snapshot.now()))
                .mapToInt(Grant::usesLeft)
                .sum();
    }
}
