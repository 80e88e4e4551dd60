package io.panocrypt.policy.internal.keys;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import java.time.Instant;
import java.util.List;

/** Since when a device's generations are advertised or hidden. */
final class KeyAge {
    private KeyAge() {}

    /** When the advertised generation was made; the device must not be revoked. */
    static Instant advertisedSince(Device device) {
        return device.advertised().get(0).created();
    }

    static List<DeviceKey> hidden(Device device) {
        return device.keys().stream().filter(DeviceKey::hidden).toList();
    }

    /** When a generation was hidden; a release that did not record it hid it when the next one was made. */
    static Instant hiddenSince(Device device, DeviceKey key) {
        return key.hiddenSince()
                .orElseGet(() -> device.keys().stream()
                        .filter(other -> other.generation() > key.generation())
                        .map(DeviceKey::created)
                        .min(Instant::compareTo)
                        .orElse(key.created()));
    }
}
