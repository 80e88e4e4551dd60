package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What policy says of an attempt, and what it costs.
 *
 * @param outcome allowed, denied or pending
 * @param reason the first gate that fails, or how the attempt passed
 * @param gates what each gate said, in order
 * @param spends the allowance that loses a use if the attempt is answered
 * @param collects the approval that loses a use if the attempt is answered
 * @param request what becomes of the device's approval requests otherwise
 */
public record Decision(
        Outcome outcome,
        Reason reason,
        Map<Gate, GateResult> gates,
        Optional<Allowance> spends,
        Optional<Collection> collects,
        RequestEffect request) {
    public Decision {
        gates = Collections.unmodifiableMap(new EnumMap<>(gates));
    }

    /** Whether it changes a request of the device if it becomes real, by an answer or without one. */
    public boolean changesRequests() {
        return collects().isPresent()
                || request() instanceof RequestEffect.Refresh
                || request() instanceof RequestEffect.Open;
    }

    /**
     * An answer that an approval gives.
     *
     * @param request the approved request
     * @param last whether it is the approval's last use
     */
    public record Collection(ApprovalRequest request, boolean last) {}

    /** What an attempt that waits for a human does to the requests. */
    public sealed interface RequestEffect {
        /** Nothing. */
        record None() implements RequestEffect {}

        /** The open request of this source was seen a moment ago: one attempt more to be counted, nothing to be changed. */
        record Wait(ApprovalRequest request) implements RequestEffect {}

        /** The open request of this source is seen again. */
        record Refresh(ApprovalRequest request) implements RequestEffect {}

        /**
         * A request of this source opens.
         *
         * @param place which of the device's places it takes
         * @param askedAgain whether the device was unlocked by an approval a short while ago
         * @param lastCollected when this source collected last, if it is known
         * @param over requests that need not be looked at any more
         * @param remembered requests that are over, give up their places, and still tell who collected
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
