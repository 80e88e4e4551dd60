package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonCreator;
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
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * The stored form of a device, including its sealed keys.
 *
 * @param keys one for each generation of the device, in the same order
 */
public record StoredDevice(Device device, List<SealedKeys> keys) {
    public StoredDevice {
        keys = List.copyOf(keys);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StoredDevice of(Body body) {
        return new StoredDevice(
                body.device(), body.keys().stream().map(Generation::sealed).toList());
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
        List<DeviceKey> shown =
                new ArrayList<>(device.keys().stream().map(DeviceKey::hide).toList());
        shown.add(added.shown(created));
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
                    shown.generation(), shown.hidden(), sealed.signing(), sealed.exchange(), shown.created()));
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
                generations,
                device.created(),
                device.version());
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
            List<Generation> keys,
            Instant created,
            long version) {
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
                    keys.stream().map(Generation::shown).toList(),
                    created,
                    version);
        }
    }

    /** The members of a generation in the stored text. */
    record Generation(int generation, boolean hidden, CustodyKey signing, CustodyKey exchange, Instant created) {
        SealedKeys sealed() {
            return new SealedKeys(generation, signing, exchange);
        }

        DeviceKey shown() {
            return new DeviceKey(generation, hidden, signing.publicKey(), exchange.publicKey(), created);
        }
    }
}
