package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.decision.ApprovalPolicy;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Refuses edits after which devices no longer need approval, or nobody can approve them, unless they are confirmed.
 * Thread-safe.
 *
 * <p>The epoch of the check covers groups, members and the devices that groups cover: {@link DeviceFactory#counted} bumps it
 * when such a device is created or changes.
 */
public final class ApprovalGuard {
    private final Store store;
    private final InstantSource clock;
    private final OutboxEntries events;
    private final PolicyCache policy;

    public ApprovalGuard(Store store, InstantSource clock, OutboxEntries events, PolicyCache policy) {
        this.store = store;
        this.clock = clock;
        this.events = events;
        this.policy = policy;
    }

    /** What an edit does to devices: which ones no longer need approval, and which ones nobody can approve any more. */
    private record Harm(List<Device> losing, List<Device> stuck, Set<String> formerApprovers) {
        Harm() {
            this(new ArrayList<>(), new ArrayList<>(), new TreeSet<>());
        }

        void add(Device device, ApprovalPolicy before, ApprovalPolicy after) {
            if (before.isNeeded() && !after.isNeeded()) {
                losing.add(device);
                formerApprovers.addAll(before.approvers());
            }
            // An operator who sets requireApproval on a device without a group means to refuse it.
            boolean expectsApproval = before.isNeeded() ? before.isReachable() : after.isCovered();
            if (expectsApproval && after.isNeeded() && !after.isReachable()) {
                stuck.add(device);
            }
        }
    }

    /**
     * Checks an edit of shared policy against the devices that it affects.
     *
     * @param edit computes the shared policy after the edit
     */
    public PolicyEditor.Draft check(
            PolicyEditor.Draft draft, Actor actor, UnaryOperator<PolicyCache.Shared> edit, boolean confirmed) {
        PolicyCache.Shared before = policy.current();
        PolicyCache.Shared after = edit.apply(before);
        Harm harm = new Harm();
        affected(before, after).forEach(device -> harm.add(device, before.approval(device), after.approval(device)));
        return check(draft.requireEpochOf(before), actor, harm, confirmed);
    }

    /** Checks an edit of one device against the shared policy. */
    public PolicyEditor.Draft check(
            PolicyEditor.Draft draft,
            Actor actor,
            PolicyCache.Shared shared,
            Device before,
            Device after,
            boolean confirmed) {
        Harm harm = new Harm();
        harm.add(after, shared.approval(before), shared.approval(after));
        return check(draft.requireEpochOf(shared), actor, harm, confirmed);
    }

    private PolicyEditor.Draft check(PolicyEditor.Draft draft, Actor actor, Harm harm, boolean confirmed) {
        if (!confirmed) {
            OperationException.refuseUnconfirmed(
                    harm.losing().size(), harm.stuck().size());
        }
        return draft.enqueue(events.approvalRemoved(harm.losing(), harm.formerApprovers(), actor, clock.instant()));
    }

    /** The devices that are affected: not revoked, and covered by a group that the edit adds, removes or changes. */
    private Stream<Device> affected(PolicyCache.Shared before, PolicyCache.Shared after) {
        Set<PolicyCache.Panel> changed = new HashSet<>(before.panels());
        changed.addAll(after.panels());
        changed.removeIf(
                panel -> before.panels().contains(panel) && after.panels().contains(panel));
        Map<String, Device> found = new LinkedHashMap<>();
        for (PolicyCache.Panel panel : changed) {
            String term = panel.requiredTags().stream()
                    .findFirst()
                    .map(RecordMapper::tagTerm)
                    .orElse(null);
            PolicyCache.scanAll(store, RecordMapper.DEVICE, term).stream()
                    .flatMap(record -> RecordMapper.readIfReadable(record, Device.class).stream())
                    .filter(device -> device.tags().containsAll(panel.requiredTags()))
                    .forEach(device -> found.put(device.id(), device));
        }
        return found.values().stream().filter(device -> device.state() != DeviceState.REVOKED);
    }
}
