package io.panocrypt.policy.internal.edit;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.policy.internal.custody.Custodies;
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
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Creates devices from requested values: checks the rules and generates keys. Thread-safe. */
public final class DeviceFactory {
    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final Custodies custodies;
    private final PolicyCache policy;

    public DeviceFactory(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Custodies custodies,
            PolicyCache policy) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.custodies = custodies;
        this.policy = policy;
    }

    /** A device that passes the rules and has no keys yet; nothing is stored. */
    public Device propose(DeviceChange wanted, DeviceState state) {
        checkCustody(wanted);
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
                Optional.empty(),
                List.of(),
                clock.instant(),
                1);
    }

    /** Generates the first keys of a proposed device; nothing is stored. */
    public StoredDevice make(Device proposed) {
        refuseTakenName(proposed);
        return new StoredDevice(proposed, List.of()).with(generate(proposed, 1), clock.instant());
    }

    /** Takes in the keys of a Tang server for a proposed device; nothing is stored. */
    public StoredDevice adopt(Device proposed, List<PrivateJwk> visible, List<PrivateJwk> hidden) {
        refuseTakenName(proposed);
        return new KeyImport(custodies.get(SealedKeys.SITE)).make(proposed, visible, hidden, clock.instant());
    }

    /** A device for keys of a Tang server that passes the rules and does not have them yet; nothing is stored. */
    public Device propose(DeviceChange wanted, List<PrivateJwk> visible, List<PrivateJwk> hidden) {
        KeyImport.check(visible, hidden);
        return propose(
                wanted.curve() == null
                        ? KeyImport.curve(visible).map(wanted::withCurve).orElse(wanted)
                        : wanted,
                DeviceState.ACTIVE);
    }

    /** Key generation is expensive, so the name is checked first; the store still decides. */
    private void refuseTakenName(Device device) {
        if (store.find(RecordMapper.DEVICE, RecordMapper.nameTerm(device.name()))
                .isPresent()) {
            throw new OperationException(OperationException.Kind.TAKEN, "that name is taken");
        }
    }

    /** Generates keys in the custody that the device wants; nothing is stored. */
    public SealedKeys generate(Device device, int generation) {
        String name = custodies.next(device);
        KeyCustody custody = custodies.get(name);
        return new SealedKeys(
                generation,
                custody.generate(new KeyLabel(device.id(), generation, KeyRole.SIGNING, device.curve())),
                custody.generate(new KeyLabel(device.id(), generation, KeyRole.EXCHANGE, device.curve())),
                name);
    }

    /** @throws OperationException {@code INVALID} if the wanted custody is not configured on this node */
    public void checkCustody(DeviceChange change) {
        String name = change.custody();
        if (name != null && !custodies.isChoice(name)) {
            throw new OperationException(
                    OperationException.Kind.INVALID,
                    "no custody of this node has that name: choose one of " + custodies.choices());
        }
    }

    /** Warnings about custodies that this node lacks. */
    public List<String> custodyWarnings(Device device) {
        return custodies.warnings(device);
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

    /** The device with that address as its registered source, in place of an earlier one. */
    public static Device registered(Device before, IpAddress source) {
        Cidr registered = Cidr.of(source);
        List<SourceRule> rules = new ArrayList<>(before.sources());
        rules.removeIf(rule -> rule.registered() || rule.cidr().equals(registered));
        rules.add(new SourceRule(registered, true));
        Device after = before.withSources(rules);
        Validation.check(before, after);
        return after;
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
                custody(change.custody(), before.custody()),
                before.keys(),
                before.created(),
                before.version());
    }

    private static Optional<String> custody(@Nullable String wanted, Optional<String> before) {
        return wanted == null ? before : Optional.of(wanted).filter(name -> !name.equals(DeviceChange.DEFAULT_CUSTODY));
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
