package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.SourceRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a device, including its sealed keys.
 *
 * @param keys one for each generation of the device, in the same order
 * @param sameSince the first version that showed the same device: later ones only sealed its keys again. Null for this
 *     version
 */
public record StoredDevice(
        Device device, List<SealedKeys> keys, @Nullable Long sameSince) {
    public StoredDevice {
        keys = List.copyOf(keys);
    }

    public StoredDevice(Device device, List<SealedKeys> keys) {
        this(device, keys, null);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StoredDevice of(Body body) {
        return new StoredDevice(
                body.device(), body.keys().stream().map(Generation::sealed).toList(), body.sameSince());
    }

    /** Whether an operator who saw that version saw this device. */
    public boolean isShownBy(long version) {
        return version <= device.version() && version >= (sameSince == null ? device.version() : sameSince);
    }

    /** The next version of the same device, with its keys as the operation returns them. */
    public StoredDevice rewrapped(Rewrapping operation) {
        return new StoredDevice(
                device.withVersion(device.version() + 1),
                keys.stream().map(key -> key.rewrapped(device.id(), operation)).toList(),
                sameSince == null ? Long.valueOf(device.version()) : sameSince);
    }

    /** A copy with a changed device; sealed keys of removed generations are dropped. */
    public StoredDevice with(Device changed) {
        Set<Integer> kept = changed.keys().stream().map(DeviceKey::generation).collect(Collectors.toSet());
        return new StoredDevice(
                changed,
                keys.stream().filter(key -> kept.contains(key.generation())).toList());
    }

    /** A copy with a further generation, the only one that is advertised. */
    public StoredDevice with(SealedKeys added, Instant created) {
        List<DeviceKey> shown = new ArrayList<>(
                device.keys().stream().map(key -> key.hide(created)).toList());
        shown.add(added.shown(created, false, Optional.empty()));
        List<SealedKeys> sealed = new ArrayList<>(keys);
        sealed.add(added);
        return new StoredDevice(device.withKeys(shown), sealed);
    }

    /** Without the device's token and keys, which must not reach a log. */
    @Override
    public String toString() {
        return "Stored" + device;
    }

    @JsonValue
    Body body() {
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            DeviceKey shown = device.keys().get(i);
            SealedKeys sealed = keys.get(i);
            generations.add(new Generation(
                    shown.generation(),
                    shown.hidden(),
                    sealed.signing(),
                    sealed.exchange(),
                    shown.created(),
                    sealed.custody().equals(SealedKeys.SITE) ? null : sealed.custody(),
                    shown.hiddenSince().orElse(null)));
        }
        return new Body(
                device.id(),
                device.name(),
                device.token(),
                device.state(),
                device.volumes(),
                device.tags(),
                device.sources(),
                device.networkAccessLists(),
                device.requireApproval(),
                device.acknowledgeOpen(),
                device.notes(),
                device.curve(),
                device.custody().orElse(null),
                generations,
                device.created(),
                device.version(),
                sameSince);
    }

    /** The members of the stored text. */
    record Body(
            String id,
            String name,
            String token,
            DeviceState state,
            int volumes,
            SortedSet<String> tags,
            List<SourceRule> sources,
            SortedSet<String> networkAccessLists,
            boolean requireApproval,
            boolean acknowledgeOpen,
            String notes,
            Curve curve,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String custody,

            List<Generation> keys,
            Instant created,
            long version,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long sameSince) {
        Device device() {
            return new Device(
                    id,
                    name,
                    token,
                    state,
                    volumes,
                    tags,
                    sources,
                    networkAccessLists,
                    requireApproval,
                    acknowledgeOpen,
                    notes,
                    curve,
                    Optional.ofNullable(custody),
                    keys.stream().map(Generation::shown).toList(),
                    created,
                    version);
        }
    }

    /**
     * The members of a generation in the stored text.
     *
     * @param custody absent for the site's own
     */
    record Generation(
            int generation,
            boolean hidden,
            CustodyKey signing,
            CustodyKey exchange,
            Instant created,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String custody,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant hiddenSince) {
        SealedKeys sealed() {
            return new SealedKeys(generation, signing, exchange, Objects.requireNonNullElse(custody, SealedKeys.SITE));
        }

        DeviceKey shown() {
            return sealed().shown(created, hidden, Optional.ofNullable(hiddenSince));
        }
    }
}
