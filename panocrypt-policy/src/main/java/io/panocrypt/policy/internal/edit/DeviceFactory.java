package io.panocrypt.policy.internal.edit;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Creates devices from requested values: checks the rules and generates keys. Thread-safe. */
public final class DeviceFactory {
    private final PolicyStore store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final KeyCustody custody;
    private final PolicyCache policy;

    public DeviceFactory(
            PolicyStore store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            KeyCustody custody,
            PolicyCache policy) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.custody = custody;
        this.policy = policy;
    }

    /** A device that passes the rules and has no keys yet; nothing is stored. */
    public Device propose(DeviceChange wanted, DeviceState state) {
        return changed(blank(state), wanted);
    }

    /** An active device from stored values, without checking today's rules. */
    public Device sample(DeviceChange stored) {
        return merged(blank(DeviceState.ACTIVE), stored);
    }

    private Device blank(DeviceState state) {
        return new Device(
                ids.next(),
                "",
                ids.token(),
                state,
                1,
                new TreeSet<>(),
                List.of(),
                new TreeSet<>(),
                false,
                false,
                "",
                Curve.P_521,
                List.of(),
                clock.instant(),
                1);
    }

    /** Generates the first keys of a proposed device; nothing is stored. */
    public StoredDevice make(Device proposed) {
        refuseTakenName(proposed);
        return new StoredDevice(proposed, List.of())
                .with(generate(proposed.id(), 1, proposed.curve()), clock.instant());
    }

    /** Key generation is expensive, so the name is checked first; the store still decides. */
    private void refuseTakenName(Device device) {
        if (store.find(RecordMapper.DEVICE, RecordMapper.nameTerm(device.name()))
                .isPresent()) {
            throw new OperationException(OperationException.Kind.TAKEN, "that name is taken");
        }
    }

    public SealedKeys generate(String deviceId, int generation, Curve curve) {
        return new SealedKeys(
                generation,
                custody.generate(new KeyLabel(deviceId, generation, KeyRole.SIGNING, curve)),
                custody.generate(new KeyLabel(deviceId, generation, KeyRole.EXCHANGE, curve)));
    }

    /** The edit that stores a new device. */
    public PolicyEditor.Draft draft(Actor actor, String action, StoredDevice stored, Object audit) {
        Device device = stored.device();
        PolicyEditor.Draft draft = editor.draft(actor, action, RecordMapper.DEVICE, device.id(), null, audit);
        requireLists(draft.put(RecordMapper.of(stored)), device, true);
        return device.tags().isEmpty() ? draft : counted(draft, policy.current(), device);
    }

    /**
     * Makes the edit conditional on the groups as they were read here.
     *
     * <p>An edit of a group or its members counts the devices that the group covers. Creating or changing a covered device
     * bumps the epoch, which makes such a concurrent edit count again.
     */
    public PolicyEditor.Draft counted(PolicyEditor.Draft draft, PolicyCache.Shared shared, Device after) {
        draft.requireEpochOf(shared);
        return shared.approval(after).isCovered() ? draft.bumpEpoch() : draft;
    }

    /**
     * Makes the edit conditional on the device's network access lists as they are now.
     *
     * @param checked whether to refuse a device that all its blocks and lists together open to nearly everybody
     */
    public PolicyEditor.Draft requireLists(PolicyEditor.Draft draft, Device device, boolean checked) {
        List<NetworkAccessList> lists = new ArrayList<>();
        for (String list : device.networkAccessLists()) {
            PolicyRecord found = store.get(RecordMapper.NETWORK_ACCESS_LIST, list)
                    .orElseThrow(() -> new OperationException(
                            OperationException.Kind.INVALID, "no network access list has the id " + list));
            draft.require(RecordMapper.NETWORK_ACCESS_LIST, list, found.version());
            lists.add(RecordMapper.read(found, NetworkAccessList.class));
        }
        List<String> problems = new ArrayList<>();
        if (checked) {
            Validation.checkOpen(SourcePolicy.of(device).unacknowledged(lists), problems);
        }
        Validation.refuse(problems);
        return draft;
    }

    public static Device changed(Device before, DeviceChange change) {
        Device after = merged(before, change);
        Validation.check(before, after);
        return after;
    }

    private static Device merged(Device before, DeviceChange change) {
        return new Device(
                before.id(),
                Objects.requireNonNullElse(change.name(), before.name()),
                before.token(),
                before.state(),
                Objects.requireNonNullElse(change.volumes(), before.volumes()),
                change.tags() == null ? before.tags() : Validation.normalisedTags(change.tags()),
                change.sources() == null ? before.sources() : rules(change.sources(), before.sources()),
                change.networkAccessLists() == null
                        ? before.networkAccessLists()
                        : new TreeSet<>(change.networkAccessLists()),
                Objects.requireNonNullElse(change.requireApproval(), before.requireApproval()),
                Objects.requireNonNullElse(change.acknowledgeOpen(), before.acknowledgeOpen()),
                Objects.requireNonNullElse(change.notes(), before.notes()),
                Objects.requireNonNullElse(change.curve(), before.curve()),
                before.keys(),
                before.created(),
                before.version());
    }

    /** A registered block stays registered. */
    private static List<SourceRule> rules(List<Cidr> wanted, List<SourceRule> before) {
        Set<Cidr> registered = before.stream()
                .filter(SourceRule::registered)
                .map(SourceRule::cidr)
                .collect(Collectors.toCollection(HashSet::new));
        return wanted.stream()
                .distinct()
                .map(cidr -> new SourceRule(cidr, registered.contains(cidr)))
                .toList();
    }
}
