package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.ApprovalGuard;
import io.panocrypt.policy.internal.edit.DeviceFactory;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.KeyUses;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import io.panocrypt.policy.internal.edit.SourcePolicy;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.DeviceAudit;
import io.panocrypt.policy.internal.records.PageReader;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates, changes, disables and revokes devices, and rotates their keys.
 *
 * <p>Thread-safe. Every method throws {@link OperationException} if the operation is refused, and
 * {@link io.panocrypt.policy.spi.store.StoreException} if the store fails.
 */
public final class Devices {
    /** Records read at once; independent of the limit, because a filter may skip most of them. */
    private static final int SCAN = 500;

    private final PolicyStore store;
    private final InstantSource clock;
    private final PolicyEditor editor;
    private final PolicyCache policy;
    private final ApprovalGuard guard;
    private final DeviceFactory factory;
    private final RequestCanceller canceller;
    private final KeyUses keyUses;
    private final URI publicUrl;

    Devices(
            PolicyStore store,
            InstantSource clock,
            PolicyEditor editor,
            PolicyCache policy,
            ApprovalGuard guard,
            DeviceFactory factory,
            RequestCanceller canceller,
            KeyUses keyUses,
            URI publicUrl) {
        this.store = store;
        this.clock = clock;
        this.editor = editor;
        this.keyUses = keyUses;
        this.policy = policy;
        this.guard = guard;
        this.factory = factory;
        this.canceller = canceller;
        this.publicUrl = publicUrl;
    }

    /**
     * Which devices to list; a null member does not filter.
     *
     * @param name the exact name of a device that is not revoked; found without a scan
     * @param tag a tag that each device has
     * @param state the state of each device
     * @param nameContains a part of each name
     */
    public record Filter(
            @Nullable String name,
            @Nullable String tag,
            @Nullable DeviceState state,
            @Nullable String nameContains) {
        /** Lists every device. */
        public static final Filter ALL = new Filter(null, null, null, null);

        private boolean admits(Device device) {
            return (name == null || device.name().equals(name))
                    && (tag == null || device.tags().contains(tag))
                    && (state == null || device.state() == state)
                    && (nameContains == null || device.name().contains(nameContains));
        }

        private @Nullable String term() {
            if (tag != null) {
                return RecordMapper.tagTerm(tag);
            }
            return state == null ? null : RecordMapper.stateTerm(state);
        }
    }

    /** Creates an active device with its first generation of keys. */
    public Device create(Actor actor, DeviceChange wanted) {
        StoredDevice created = factory.make(factory.propose(wanted, DeviceState.ACTIVE));
        return editor.retrying(
                () -> created,
                stored -> new Edit<>(
                        factory.draft(actor, "device.create", stored, DeviceAudit.of(stored.device())),
                        stored.device()));
    }

    /** The device with that id; {@code NOT_FOUND} if there is none. */
    public Device get(String id) {
        return stored(id).device();
    }

    private StoredDevice stored(String id) {
        return store.get(RecordMapper.DEVICE, id)
                .map(record -> RecordMapper.read(record, StoredDevice.class))
                .orElseThrow(() -> OperationException.notFound("device"));
    }

    /** The device with that name; revoked devices have lost their names. */
    public Optional<Device> byName(String name) {
        return store.find(RecordMapper.DEVICE, RecordMapper.nameTerm(name))
                .map(record -> RecordMapper.read(record, Device.class));
    }

    /**
     * Devices by age, oldest first.
     *
     * @param cursor the position after which to continue; null from the oldest
     * @param limit the page size, 1 to 1,000
     */
    public Page<Device> list(Filter filter, @Nullable String cursor, int limit) {
        Paging.check(limit);
        if (filter.name() != null) {
            return ofName(filter, filter.name(), cursor);
        }
        PageReader<Device> reader = new PageReader<>();
        String after = cursor;
        while (true) {
            List<PolicyRecord> page = store.scan(RecordMapper.DEVICE, filter.term(), after, SCAN);
            for (PolicyRecord next : page) {
                after = next.id();
                Optional<Device> device = reader.read(next, record -> RecordMapper.read(record, Device.class))
                        .filter(filter::admits);
                if (device.isPresent() && reader.add(device.get()) == limit) {
                    return reader.page(Optional.of(after));
                }
            }
            if (page.size() < SCAN) {
                return reader.page(Optional.empty());
            }
        }
    }

    private Page<Device> ofName(Filter filter, String name, @Nullable String cursor) {
        List<Device> found =
                cursor == null ? byName(name).filter(filter::admits).stream().toList() : List.of();
        return new Page<>(found, Optional.empty());
    }

    /**
     * Changes a device.
     *
     * @param version the version that the operator saw; {@code STALE} if it has changed
     * @param confirmed whether the operator accepts that approval is no longer needed, or that nobody can approve the device
     *     because of a group that covers it
     */
    public Device edit(Actor actor, String id, long version, DeviceChange change, boolean confirmed) {
        return editor.retrying(() -> stored(id), stored -> {
            Device before = stored.device();
            refuseRevoked(before);
            PolicyEditor.refuseStale("device", version, before.version());
            Device after = DeviceFactory.changed(before, change).withVersion(version + 1);
            PolicyEditor.Draft draft =
                    guarded(draft(actor, "device.edit", stored, stored.with(after)), actor, before, after, confirmed);
            factory.requireLists(draft, after, !SourcePolicy.of(after).equals(SourcePolicy.of(before)));
            return new Edit<>(draft, after);
        });
    }

    /** Lets {@link ApprovalGuard} check the change, and requires that the groups still are as read here. */
    private PolicyEditor.Draft guarded(
            PolicyEditor.Draft draft, Actor actor, Device before, Device after, boolean confirmed) {
        if (before.tags().equals(after.tags()) && before.requireApproval() == after.requireApproval()) {
            return draft;
        }
        PolicyCache.Shared shared = policy.current();
        guard.check(draft, actor, shared, before, after, confirmed);
        draft.approversMayHaveChanged();
        return factory.counted(draft, shared, after);
    }

    /** Disables a device until it is enabled again, and cancels its open allowances and approvals. */
    public Device disable(Actor actor, String id) {
        return move(
                actor, "device.disable", id, Set.of(DeviceState.ACTIVE, DeviceState.DISABLED), DeviceState.DISABLED);
    }

    /** Enables a disabled device; cancelled allowances stay cancelled. */
    public Device enable(Actor actor, String id) {
        return move(actor, "device.enable", id, Set.of(DeviceState.DISABLED, DeviceState.ACTIVE), DeviceState.ACTIVE);
    }

    /** Activates a device that was enrolled as pending. */
    public Device confirm(Actor actor, String id) {
        return move(actor, "device.confirm", id, Set.of(DeviceState.PENDING), DeviceState.ACTIVE);
    }

    private Device move(Actor actor, String action, String id, Set<DeviceState> from, DeviceState to) {
        return transform(actor, action, id, to == DeviceState.DISABLED, stored -> {
            Device device = stored.device();
            if (!from.contains(device.state())) {
                throw new OperationException(
                        OperationException.Kind.CONFLICT,
                        "the device is " + device.state().wireName());
            }
            return stored.with(device.withState(to));
        });
    }

    /**
     * Revokes a device: destroys its private keys, irreversibly, and frees its name.
     *
     * @param name the device's name as a confirmation
     */
    public Device revoke(Actor actor, String id, String name) {
        return transform(actor, "device.revoke", id, true, stored -> {
            Device device = stored.device();
            if (!device.name().equals(name)) {
                throw new OperationException(
                        OperationException.Kind.UNCONFIRMED, "confirm with the device's name: its keys are destroyed");
            }
            return stored.with(device.withState(DeviceState.REVOKED).withKeys(List.of()));
        });
    }

    /** Adds a generation of keys, which is advertised from now on; earlier ones still answer. */
    public Device rotateKeys(Actor actor, String id) {
        return transform(actor, "device.rotate-keys", id, false, stored -> {
            int last = stored.keys().stream()
                    .mapToInt(SealedKeys::generation)
                    .max()
                    .orElse(0);
            return stored.with(factory.generate(id, last + 1, stored.device().curve()), clock.instant());
        });
    }

    /**
     * Destroys the private keys of a generation that a later one has replaced; irreversible.
     *
     * @param confirmed the generation's number, which confirms destroying it although it is in use; null without
     *     confirmation. It counts as in use unless the device's complete history, at most the last 1,000 entries, shows no
     *     request for it. Binding a volume leaves no entry until the volume asks for the first time
     * @throws OperationException {@code UNCONFIRMED} with the generation's last use if a confirmation is needed
     */
    public Device destroyGeneration(Actor actor, String id, int generation, @Nullable Integer confirmed) {
        return transform(actor, "device.destroy-generation", id, false, stored -> {
            Device device = stored.device();
            DeviceKey key = device.keys().stream()
                    .filter(candidate -> candidate.generation() == generation)
                    .findFirst()
                    .orElseThrow(() -> OperationException.notFound("generation"));
            if (!key.hidden()) {
                throw new OperationException(
                        OperationException.Kind.CONFLICT, "the generation is advertised: rotate the keys first");
            }
            refuseUnconfirmed(device, key, confirmed);
            return stored.with(device.withKeys(
                    device.keys().stream().filter(other -> !other.equals(key)).toList()));
        });
    }

    private void refuseUnconfirmed(Device device, DeviceKey key, @Nullable Integer confirmed) {
        if (confirmed == null) {
            keyUses.refuseInUse(device, key);
        } else if (confirmed != key.generation()) {
            throw new OperationException(
                    OperationException.Kind.UNCONFIRMED, "the confirmation names another generation");
        }
    }

    private Device transform(
            Actor actor, String action, String id, boolean cancelsGrants, UnaryOperator<StoredDevice> change) {
        Device changed = editor.retrying(() -> stored(id), before -> {
            refuseRevoked(before.device());
            StoredDevice changing = change.apply(before);
            Device after = changing.device().withVersion(before.device().version() + 1);
            PolicyEditor.Draft draft = draft(actor, action, before, changing.with(after));
            return new Edit<>(cancelsGrants ? draft.cancel(new GrantScope.OfDevice(id)) : draft, after);
        });
        if (cancelsGrants) {
            canceller.end(actor, canceller.ofDevice(id));
        }
        return changed;
    }

    private PolicyEditor.Draft draft(Actor actor, String action, StoredDevice before, StoredDevice after) {
        return editor.draft(
                        actor,
                        action,
                        RecordMapper.DEVICE,
                        after.device().id(),
                        DeviceAudit.of(before.device()),
                        DeviceAudit.of(after.device()))
                .put(RecordMapper.of(after));
    }

    private static void refuseRevoked(Device device) {
        if (device.state() == DeviceState.REVOKED) {
            throw new OperationException(OperationException.Kind.CONFLICT, "the device is revoked");
        }
    }

    /** The URL that a client binds to: public URL, {@code /u/}, token. It contains a secret. */
    public String unlockUrl(Device device) {
        return publicUrl + "/u/" + device.token();
    }

    /** The S256 thumbprint of the advertised signing key; empty if the device is revoked. */
    public Optional<String> thumbprint(Device device) {
        return device.advertised().stream().map(key -> key.signing().kid()).findFirst();
    }

    /** The clevis command that binds a volume to the device; empty if it is revoked. It contains the token. */
    public Optional<String> bindCommand(Device device) {
        return thumbprint(device)
                .map(thp -> "clevis luks bind -d /dev/... tang '{\"url\":\"" + unlockUrl(device) + "\",\"thp\":\"" + thp
                        + "\"}'");
    }

    /**
     * Computes how any device is approved, from the shared policy at the time of this call; one call serves a whole list.
     */
    public Function<Device, DeviceApproval> approvals() {
        PolicyCache.Shared shared = policy.current();
        return shared::approvalOf;
    }

    /** Warnings about settings that are accepted but deserve a second look. */
    public List<String> warnings(Device device) {
        return warnings().apply(device);
    }

    /**
     * Computes the warnings of any device, from the shared policy at the time of this call; one call serves a whole list.
     */
    public Function<Device, List<String>> warnings() {
        PolicyCache.Shared shared = policy.current();
        return device -> Validation.warnings(
                device, shared.listed(device), shared.approvalOf(device).needed(), publicUrl);
    }
}
