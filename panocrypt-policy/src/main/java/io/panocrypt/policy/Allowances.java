package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** "Allow once": grants, lists and cancels a device's allowances. Thread-safe; throws as {@link Devices} does. */
public final class Allowances {
    private static final Duration DEFAULT_LIFE = Duration.ofMinutes(60);
    private static final Duration SHORTEST_LIFE = Duration.ofMillis(1);
    private static final Duration MAX_LIFE = Duration.ofDays(7);

    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final Devices devices;
    private final PolicyCache policy;
    private final Store decisions;

    Allowances(
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Devices devices,
            PolicyCache policy,
            Store decisions) {
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.devices = devices;
        this.policy = policy;
        this.decisions = decisions;
    }

    /**
     * Grants an allowance. Unset parts of the request default to the device's volumes as uses, 60 minutes, and skipping the
     * disabled state.
     *
     * @param wanted uses 1 to 32, life 1 millisecond to 7 days
     */
    public Allowance grant(Actor actor, String deviceId, AllowanceRequest wanted) {
        return editor.retrying(
                () -> devices.stored(actor, Scope.Act.ALLOW_ONCE, deviceId).device(), device -> {
                    Allowance allowance = allowance(actor, device, wanted);
                    PolicyEditor.Draft draft =
                            editor.draft(actor, "allowance.grant", RecordMapper.DEVICE, deviceId, null, allowance);
                    checkedApproval(draft, actor, device, allowance)
                            .actOn(Scope.Act.ALLOW_ONCE, device)
                            .require(RecordMapper.DEVICE, deviceId, device.version())
                            .grant(RecordMapper.of(allowance));
                    return new Edit<>(draft, allowance);
                });
    }

    /** Lets only somebody who could approve alone skip approval, and requires that the groups still are as read here. */
    private PolicyEditor.Draft checkedApproval(
            PolicyEditor.Draft draft, Actor actor, Device device, Allowance allowance) {
        if (!allowance.skips().contains(AllowanceSkip.APPROVAL)) {
            return draft;
        }
        PolicyCache.Shared shared = policy.current();
        if (shared.approval(device).demandsProof()) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "approvals of the device must be signed by a passkey, so no allowance skips them");
        }
        if (!shared.approval(device).isSatisfiedBy(actor.id())) {
            throw new OperationException(
                    OperationException.Kind.FORBIDDEN, "only an effective approver at quorum 1 may skip approval");
        }
        return draft.requireEpochOf(shared);
    }

    private Allowance allowance(Actor actor, Device device, AllowanceRequest wanted) {
        if (device.state() == DeviceState.REVOKED) {
            throw new OperationException(OperationException.Kind.CONFLICT, "the device is revoked");
        }
        int uses = wanted.uses() == null ? device.volumes() : wanted.uses();
        Duration life = wanted.expiresIn() == null ? DEFAULT_LIFE : wanted.expiresIn();
        Set<AllowanceSkip> skips = wanted.skips() == null ? Set.of(AllowanceSkip.DISABLED) : wanted.skips();
        List<String> problems = new ArrayList<>();
        if (uses < 1 || uses > Validation.MAX_USES) {
            problems.add("uses must be 1 to " + Validation.MAX_USES);
        }
        if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(MAX_LIFE) > 0) {
            problems.add("expiresIn must be positive and at most P7D");
        }
        if (skips.contains(AllowanceSkip.SOURCE) && wanted.source().isEmpty() && !wanted.anySource()) {
            problems.add("to skip source, name a source, or any");
        }
        if (skips.contains(AllowanceSkip.SOURCE)
                && wanted.source().filter(Cidr::isOpen).isPresent()) {
            problems.add("to skip source for a block that is open to nearly everybody, say any");
        }
        if (wanted.source().isPresent() && wanted.anySource()) {
            problems.add("name a source or say any, not both");
        }
        Validation.refuse(problems);
        var now = clock.instant();
        return new Allowance(
                ids.next(),
                device.id(),
                uses,
                uses,
                new TreeSet<>(skips),
                wanted.source(),
                wanted.anySource(),
                actor.id(),
                now,
                now.plusMillis(life.toMillis()));
    }

    /** The device's allowances that have uses left and have not expired, oldest first. */
    public List<Allowance> open(String deviceId) {
        devices.get(deviceId);
        return decisions.grants(deviceId).stream()
                .filter(RecordMapper::isAllowance)
                .map(RecordMapper::allowance)
                .toList();
    }

    /** Cancels an open allowance; {@code NOT_FOUND} if it is spent, expired or unknown. */
    public void cancel(Actor actor, String deviceId, String allowanceId) {
        Allowance open = open(deviceId).stream()
                .filter(candidate -> candidate.id().equals(allowanceId))
                .findFirst()
                .orElseThrow(() -> OperationException.notFound("open allowance"));
        editor.apply(editor.draft(actor, "allowance.cancel", RecordMapper.DEVICE, deviceId, open, null)
                .cancel(new GrantScope.Single(deviceId, allowanceId)));
    }
}
