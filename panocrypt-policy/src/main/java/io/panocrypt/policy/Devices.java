package io.panocrypt.policy;

import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.policy.internal.custody.KeyDestroyer;
import io.panocrypt.policy.internal.edit.ApprovalGuard;
import io.panocrypt.policy.internal.edit.DeviceFactory;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RefusedSources;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import io.panocrypt.policy.internal.edit.SourcePolicy;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.keys.KeyJobRunner;
import io.panocrypt.policy.internal.keys.KeyUseIndex;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.Budget;
import io.panocrypt.policy.internal.records.DeviceAudit;
import io.panocrypt.policy.internal.records.DeviceOrder;
import io.panocrypt.policy.internal.records.KeyRemoval;
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
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.history.RefusedSource;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Creates, changes, disables and revokes devices, and rotates their keys.
 *
 * <p>Thread-safe. Every method throws {@link OperationException} if the operation is refused, and
 * {@link io.panocrypt.policy.spi.store.StoreException} if the store fails.
 */
public final class Devices {
    /** Records read at once where a filter may skip most of them. */
    private static final int SCAN = 500;

    private static final int JOB_ATTEMPTS = 3;

    private final Store store;
    private final InstantSource clock;
    private final PolicyEditor editor;
    private final PolicyCache policy;
    private final ApprovalGuard guard;
    private final DeviceFactory factory;
    private final RequestCanceller canceller;
    private final KeyDestroyer keyDestroyer;
    private final KeyUseIndex keyUses;
    private final RefusedSources refusedSources;
    private final URI publicUrl;

    Devices(
            Store store,
            InstantSource clock,
            PolicyEditor editor,
            PolicyCache policy,
            ApprovalGuard guard,
            DeviceFactory factory,
            RequestCanceller canceller,
            KeyDestroyer keyDestroyer,
            KeyUseIndex keyUses,
            RefusedSources refusedSources,
            URI publicUrl) {
        this.store = store;
        this.clock = clock;
        this.editor = editor;
        this.keyUses = keyUses;
        this.refusedSources = refusedSources;
        this.policy = policy;
        this.guard = guard;
        this.factory = factory;
        this.canceller = canceller;
        this.keyDestroyer = keyDestroyer;
        this.publicUrl = publicUrl;
    }

    /**
     * Which devices to list; a null member does not filter.
     *
     * @param name the exact name of a device that is not revoked; found without a scan
     * @param tag a tag that each device has
     * @param state the state of each device
     * @param namePrefix what each name begins with; devices that are not revoked, by name and not by age, found by an index
     * @param nameContains a part of each name
     * @param reader who reads the list: a service account sees the devices of its scopes, and other members see all
     */
    public record Filter(
            @Nullable String name,
            @Nullable String tag,
            @Nullable DeviceState state,
            @Nullable String namePrefix,
            @Nullable String nameContains,
            @Nullable Member reader) {
        /** Lists every device. */
        public static final Filter ALL = new Filter(null, null, null, null, null, null);

        private boolean admits(Device device) {
            return (name == null || device.name().equals(name))
                    && (tag == null || device.tags().contains(tag))
                    && (state == null || device.state() == state)
                    && (namePrefix == null || device.name().startsWith(namePrefix))
                    && (nameContains == null || device.name().contains(nameContains))
                    && (reader == null || reader.isInScope(Scope.Act.READ, device));
        }

        /** Whether the reader may learn the ids of devices that cannot be read: their tags are unknown. */
        private boolean namesUnreadable() {
            return reader == null || reader.role() != Role.SERVICE;
        }

        /** Whether an index of the store finds exactly these devices. */
        private boolean isIndexed() {
            long conditions =
                    Stream.of(namePrefix, tag, state).filter(Objects::nonNull).count();
            return conditions <= 1 && nameContains == null && namesUnreadable();
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
        Device proposed = factory.propose(wanted, DeviceState.ACTIVE);
        // Before the name is looked up, so that an account without a scope does not learn which names are taken.
        actor.member().ifPresent(member -> member.requireScope(Scope.Act.ENROLL_DEVICE, proposed));
        StoredDevice created = factory.make(proposed);
        try {
            return editor.retrying(
                    () -> created,
                    stored -> new Edit<>(
                            factory.draft(actor, "device.create", stored, DeviceAudit.of(stored.device()))
                                    .actOn(Scope.Act.ENROLL_DEVICE, stored.device()),
                            stored.device()));
        } catch (OperationException e) {
            discard(created);
            throw e;
        }
    }

    /** Destroys the keys of a device that was never stored. */
    void discard(StoredDevice proposed) {
        proposed.keys().forEach(keys -> keyDestroyer.discard(proposed.device().id(), keys));
    }

    /**
     * Creates an active device out of the keys of a Tang server. Disks that are bound to any of them unlock as the device's
     * policy says, without a new binding.
     *
     * <p>The newest advertised signing key and the newest advertised exchange key become the advertised generation; all others
     * become hidden generations. A key without a counterpart of the other role gets a new one.
     *
     * @param wanted the device; without a curve, its next keys have the curve of the advertised ones
     * @param advertised the advertised keys, oldest first; they stay the caller's, who closes them
     * @param hidden the hidden keys, oldest first; likewise
     * @throws OperationException {@code INVALID} without an exchange key, with one key twice, or with more than 64 keys; {@code
     *     CONFLICT} if the custody takes in no keys
     */
    public Device importKeys(Actor actor, DeviceChange wanted, List<PrivateJwk> advertised, List<PrivateJwk> hidden) {
        Device proposed = factory.propose(wanted, advertised, hidden);
        StoredDevice created = factory.adopt(proposed, advertised, hidden);
        return editor.retrying(
                () -> created,
                stored -> new Edit<>(
                        factory.draft(actor, "device.import", stored, DeviceAudit.of(stored.device())),
                        stored.device()));
    }

    /** The device with that id; {@code NOT_FOUND} if there is none. */
    public Device get(String id) {
        return stored(id).device();
    }

    /**
     * The device with that id, for a member who wants to do that to it; {@code NOT_FOUND} if there is none.
     *
     * @throws OperationException as {@link Member#requireScope} does, if a service account has no such scope or there is no
     *     such device
     */
    public Device get(Member member, Scope.Act act, String id) {
        return stored(Actor.of(member), act, id).device();
    }

    private StoredDevice stored(String id) {
        return stored(Actor.HOST, null, id);
    }

    /** The device for an act; the act is null if no service account may do it. */
    StoredDevice stored(Actor actor, Scope.@Nullable Act act, String id) {
        Optional<StoredDevice> found =
                store.get(RecordMapper.DEVICE, id).map(record -> RecordMapper.read(record, StoredDevice.class));
        if (act != null) {
            Device device = found.map(StoredDevice::device).orElse(null);
            actor.member().ifPresent(member -> member.requireScope(act, device));
        }
        return found.orElseThrow(() -> OperationException.notFound("device"));
    }

    /** The device with that name; revoked devices have lost their names. */
    public Optional<Device> byName(String name) {
        return store.find(RecordMapper.DEVICE, RecordMapper.nameTerm(name))
                .map(record -> RecordMapper.read(record, Device.class));
    }

    /**
     * Devices by age, oldest first, or by name where the filter has a prefix.
     *
     * <p>The store finds a name, a prefix, a tag or else a state by an index. What else the filter wants is looked for in what
     * these leave, at most 20,000 devices or about 2 s a call. A page that ends for that reason has fewer items than the limit,
     * or none, and a cursor to go on; {@link Page#examined} says how many devices were looked at.
     *
     * @param cursor the position after which to continue; null from the first
     * @param limit the page size, 1 to 1,000
     */
    public Page<Device> list(Filter filter, @Nullable String cursor, int limit) {
        Paging.check(limit);
        if (filter.name() != null) {
            return ofName(filter, filter.name(), cursor);
        }
        String prefix = filter.namePrefix();
        DeviceOrder order =
                prefix == null ? DeviceOrder.byAge(store, filter.term()) : DeviceOrder.byName(store, prefix);
        PageReader<Device> reader = new PageReader<>();
        Budget budget = new Budget(clock);
        int batch = filter.isIndexed() ? limit : SCAN;
        String after = cursor;
        while (true) {
            List<PolicyRecord> page = order.after(after, batch);
            for (PolicyRecord next : page) {
                after = order.cursor(next);
                budget.count();
                Optional<Device> device = (filter.namesUnreadable()
                                ? reader.read(next, record -> RecordMapper.read(record, Device.class))
                                : RecordMapper.readIfReadable(next, Device.class))
                        .filter(filter::admits);
                if (device.isPresent() && reader.add(device.get()) == limit) {
                    return reader.page(Optional.of(after), budget.examined());
                }
            }
            if (page.size() < batch) {
                return reader.page(Optional.empty(), budget.examined());
            }
            if (budget.isSpent()) {
                return reader.page(Optional.ofNullable(after), budget.examined());
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
            refuseStale(stored, version);
            factory.checkCustody(change);
            Device after = DeviceFactory.changed(before, change).withVersion(before.version() + 1);
            PolicyEditor.Draft draft =
                    guarded(draft(actor, "device.edit", stored, stored.with(after)), actor, before, after, confirmed);
            factory.requireLists(draft, after, !SourcePolicy.of(after).equals(SourcePolicy.of(before)));
            return new Edit<>(draft, after);
        });
    }

    /**
     * The source that {@link #registerSource} would register now.
     *
     * @throws OperationException {@code CONFLICT} if the device is revoked, if none of its last 1,000 history entries is an
     *     attempt that was refused as {@code source-not-allowed}, or if the last one's address is unknown or registered already
     */
    public RefusedSource refusedSource(String id) {
        return registrable(get(id), null);
    }

    /**
     * Registers the source of the device's last attempt that was refused as {@code source-not-allowed}: the machine may
     * unlock from there. It replaces a source that was registered before. Anybody who has the disk may have made that attempt,
     * so an operator must know the address.
     *
     * @param version the version that the operator saw; {@code STALE} if it has changed
     * @param confirmed the address that the operator means; null accepts whichever it is
     * @throws OperationException {@code CONFLICT} as {@link #refusedSource} does, and if the operator means another address;
     *     {@code INVALID} if the device has too many sources
     */
    public Registration registerSource(Actor actor, String id, long version, @Nullable IpAddress confirmed) {
        return editor.retrying(() -> stored(id), stored -> {
            Device before = stored.device();
            refuseRevoked(before);
            refuseStale(stored, version);
            RefusedSource refused = registrable(before, confirmed);
            Device after = DeviceFactory.registered(before, refused.source()).withVersion(before.version() + 1);
            PolicyEditor.Draft draft = draft(actor, "device.register-source", stored, stored.with(after));
            return new Edit<>(draft, new Registration(after, refused));
        });
    }

    /**
     * A device with a new registered source.
     *
     * @param refused the attempt from which the source was taken
     */
    public record Registration(Device device, RefusedSource refused) {}

    private RefusedSource registrable(Device device, @Nullable IpAddress confirmed) {
        refuseRevoked(device);
        RefusedSource refused = refusedSources.last(device.id());
        IpAddress last = refused.source();
        if (confirmed != null && !confirmed.equals(last)) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "the last attempt that was refused for its source came from " + last + ", not from " + confirmed);
        }
        if (device.sources().contains(new SourceRule(Cidr.of(last), true))) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT, last + " is the device's registered source already");
        }
        return refused;
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
                actor,
                "device.disable",
                Scope.Act.DISABLE,
                id,
                Set.of(DeviceState.ACTIVE, DeviceState.DISABLED),
                DeviceState.DISABLED);
    }

    /** Enables a disabled device; cancelled allowances stay cancelled. */
    public Device enable(Actor actor, String id) {
        return move(
                actor,
                "device.enable",
                Scope.Act.ENABLE,
                id,
                Set.of(DeviceState.DISABLED, DeviceState.ACTIVE),
                DeviceState.ACTIVE);
    }

    /** Activates a device that was enrolled as pending. */
    public Device confirm(Actor actor, String id) {
        return move(actor, "device.confirm", null, id, Set.of(DeviceState.PENDING), DeviceState.ACTIVE);
    }

    private Device move(
            Actor actor, String action, Scope.@Nullable Act act, String id, Set<DeviceState> from, DeviceState to) {
        return transform(actor, action, act, id, to == DeviceState.DISABLED, stored -> {
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
        return transform(actor, "device.revoke", null, id, true, stored -> {
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
        Rotation rotation = new Rotation(id);
        try {
            return transform(actor, "device.rotate-keys", null, id, false, rotation::next);
        } catch (OperationException e) {
            rotation.discard();
            throw e;
        }
    }

    /** Makes the next generation of a device's keys, again after each conflict. */
    private final class Rotation {
        private final String deviceId;
        private @Nullable SealedKeys made;

        Rotation(String deviceId) {
            this.deviceId = deviceId;
        }

        StoredDevice next(StoredDevice stored) {
            // After a conflict, which has stored nothing, the keys of the try before are of no use.
            discard();
            int last = stored.keys().stream()
                    .mapToInt(SealedKeys::generation)
                    .max()
                    .orElse(0);
            SealedKeys next = factory.generate(stored.device(), last + 1);
            made = next;
            return stored.with(next, clock.instant());
        }

        void discard() {
            keyDestroyer.discard(deviceId, made);
        }
    }

    /**
     * Destroys the private keys of a generation that a later one has replaced; irreversible.
     *
     * @param confirmed the generation's number, which confirms destroying it although it is in use; null without
     *     confirmation. It counts as in use unless the history proves that nobody has ever requested it. Binding a volume leaves no entry until the volume asks for the first time
     * @throws OperationException {@code UNCONFIRMED} with the generation's last use if a confirmation is needed
     */
    public Device destroyGeneration(Actor actor, String id, int generation, @Nullable Integer confirmed) {
        return transform(actor, "device.destroy-generation", null, id, false, stored -> {
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

    /** The edits that a job makes, each committed with the job's record. */
    KeyJobRunner.Edits jobEdits() {
        return new KeyJobRunner.Edits() {
            @Override
            public void rotate(String deviceId, PolicyRecord job) {
                Rotation rotation = new Rotation(deviceId);
                try {
                    transform("device.rotate-keys", deviceId, job, rotation::next);
                } catch (OperationException e) {
                    rotation.discard();
                    throw e;
                }
            }

            @Override
            public void destroy(String deviceId, Set<Integer> generations, PolicyRecord job) {
                transform("device.destroy-generation", deviceId, job, stored -> {
                    Device device = stored.device();
                    return stored.with(device.withKeys(device.keys().stream()
                            .filter(key -> !key.hidden() || !generations.contains(key.generation()))
                            .toList()));
                });
            }
        };
    }

    /** Few attempts: a job that another node has moved on conflicts for ever. */
    private void transform(String action, String id, PolicyRecord job, UnaryOperator<StoredDevice> change) {
        editor.retrying(JOB_ATTEMPTS, () -> stored(id), before -> {
            refuseRevoked(before.device());
            StoredDevice changing = change.apply(before);
            Device after = changing.device().withVersion(before.device().version() + 1);
            return new Edit<>(
                    draft(Actor.SERVICE, action, before, changing.with(after)).put(job), after);
        });
    }

    private void refuseUnconfirmed(Device device, DeviceKey key, @Nullable Integer confirmed) {
        if (confirmed == null) {
            keyUses.refuseUsed(device, key);
        } else if (confirmed != key.generation()) {
            throw new OperationException(
                    OperationException.Kind.UNCONFIRMED, "the confirmation names another generation");
        }
    }

    /** @param act which a service account may do within its scopes; null if none may */
    private Device transform(
            Actor actor,
            String action,
            Scope.@Nullable Act act,
            String id,
            boolean cancelsGrants,
            UnaryOperator<StoredDevice> change) {
        List<KeyRemoval> removals = new ArrayList<>();
        Device changed = editor.retrying(() -> stored(actor, act, id), before -> {
            refuseRevoked(before.device());
            StoredDevice changing = change.apply(before);
            Device after = changing.device().withVersion(before.device().version() + 1);
            PolicyEditor.Draft draft = draft(actor, action, before, changing.with(after));
            removals.clear();
            removals.addAll(keyDestroyer.notes(before, changing));
            removals.forEach(removal -> draft.put(RecordMapper.of(removal)));
            if (act != null) {
                draft.actOn(act, before.device());
            }
            return new Edit<>(cancelsGrants ? draft.cancel(new GrantScope.OfDevice(id)) : draft, after);
        });
        if (cancelsGrants) {
            canceller.end(actor, canceller.ofDevice(id));
        }
        keyDestroyer.workOff(removals);
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

    /** A re-wrap makes a version that shows the same device, so what the operator saw still holds. */
    private static void refuseStale(StoredDevice stored, long version) {
        if (!stored.isShownBy(version)) {
            PolicyEditor.refuseStale("device", version, stored.device().version());
        }
    }

    private static void refuseRevoked(Device device) {
        if (device.state() == DeviceState.REVOKED) {
            throw new OperationException(OperationException.Kind.CONFLICT, "the device is revoked");
        }
    }

    /** The base of all unlock URLs, as the builder was told it. */
    public URI publicUrl() {
        return publicUrl;
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
        return device -> {
            List<String> warnings = new ArrayList<>(Validation.warnings(
                    device, shared.listed(device), shared.approvalOf(device).needed(), publicUrl));
            warnings.addAll(factory.custodyWarnings(device));
            return warnings;
        };
    }
}
