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
 * A device as its record keeps it, with its sealed keys.
 *
 * @param keys the sealed halves of exactly the device's generations, in their order
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

    /** The same sealed keys beside a changed device; those of generations that it has no longer are gone. */
    public StoredDevice with(Device changed) {
        Set<Integer> kept = changed.keys().stream().map(DeviceKey::generation).collect(Collectors.toSet());
        return new StoredDevice(
                changed,
                keys.stream().filter(key -> kept.contains(key.generation())).toList());
    }

    /** The device with a further generation, which is the only one that is advertised. */
    public StoredDevice with(SealedKeys added, Instant created) {
        List<DeviceKey> shown =
                new ArrayList<>(device.keys().stream().map(DeviceKey::hide).toList());
        shown.add(added.shown(created));
        List<SealedKeys> sealed = new ArrayList<>(keys);
        sealed.add(added);
        return new StoredDevice(device.withKeys(shown), sealed);
    }

    /** Without the device's token and keys, which belong into no log. */
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

    /** The stored text's members. */
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

    /** A generation's members in the stored text. */
    record Generation(int generation, boolean hidden, CustodyKey signing, CustodyKey exchange, Instant created) {
        SealedKeys sealed() {
            return new SealedKeys(generation, signing, exchange);
        }

        DeviceKey shown() {
            return new DeviceKey(generation, hidden, signing.publicKey(), exchange.publicKey(), created);
        }
    }
}
