package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of policy for an attempt, and what it costs.
 *
 * @param outcome allowed, denied or pending
 * @param reason the first gate that fails, or how the attempt passed
 * @param gates the result of each gate, in order
 * @param rule the rule that refuses, asks or fails
 * @param spends the allowance that loses a use if the attempt is answered
 * @param collects the approval that loses a use if the attempt is answered
 * @param request otherwise, the effect on the device's approval requests
 */
public record Decision(
        Outcome outcome,
        Reason reason,
        Map<Gate, GateResult> gates,
        Optional<RuleFinding> rule,
        Optional<Allowance> spends,
        Optional<Collection> collects,
        RequestEffect request) {
    public Decision {
        gates = Collections.unmodifiableMap(new EnumMap<>(gates));
    }

    /** Whether it changes an approval request of the device when it is committed. */
    public boolean changesRequests() {
        return collects().isPresent()
                || request() instanceof RequestEffect.Refresh
                || request() instanceof RequestEffect.Open;
    }

    /**
     * The collection of an approval's use.
     *
     * @param request the approved request
     * @param last whether it is the approval's last use
     */
    public record Collection(ApprovalRequest request, boolean last) {}

    /** The effect of a waiting attempt on the approval requests. */
    public sealed interface RequestEffect {
        /** No effect. */
        record None() implements RequestEffect {}

        /** The source's open request was refreshed a moment ago: the attempt is counted, and nothing is changed. */
        record Wait(ApprovalRequest request) implements RequestEffect {}

        /** The source's open request gets a later last attempt. */
        record Refresh(ApprovalRequest request) implements RequestEffect {}

        /**
         * The source opens a request.
         *
         * @param place the slot of the device that it takes
         * @param askedAgain whether the device was unlocked by an approval shortly before
         * @param lastCollected when this source collected last; empty if unknown
         * @param over ended requests that decisions no longer read
         * @param remembered ended requests that free their slots, and still show who collected
         */
        record Open(
                ApprovalRequest.Place place,
                boolean askedAgain,
                Optional<Instant> lastCollected,
                List<ApprovalRequest> over,
                List<ApprovalRequest> remembered)
                implements RequestEffect {
            public Open {
                over = List.copyOf(over);
                remembered = List.copyOf(remembered);
            }
        }
    }
}
