package io.panocrypt.policy;

import io.panocrypt.policy.model.IpAddress;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.spi.GrantScope;
import io.panocrypt.policy.spi.PolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Refusals that end by themselves. Thread-safe; throws as {@link Devices} does. */
public final class TemporaryDenies {
    private final Editor editor;
    private final Devices devices;

    TemporaryDenies(Editor editor, Devices devices) {
        this.editor = editor;
        this.devices = devices;
    }

    /**
     * Refuses a device for a while.
     *
     * @param source only this source; empty for the whole device, which also cancels its open allowances
     */
    public TemporaryDeny deny(Actor actor, String deviceId, Optional<IpAddress> source, Duration length, String cause) {
        devices.get(deviceId);
        Instant now = editor.now();
        TemporaryDeny deny =
                new TemporaryDeny(editor.ids().next(), deviceId, source, now.plusMillis(length.toMillis()), cause, 1);
        Editor.Draft draft = editor.draft(actor, "device.deny", Records.DEVICE, deviceId, null, deny)
                .put(Records.of(deny))
                .bumpEpoch();
        records(deviceId).stream()
                .filter(old ->
                        !now.isBefore(Records.read(old, TemporaryDeny.class).until()))
                .forEach(draft::delete);
        if (source.isEmpty()) {
            draft.cancel(new GrantScope.OfDevice(deviceId));
        }
        editor.apply(draft);
        return deny;
    }

    /** The device's refusals, those that are over included until the next one is made. */
    public List<TemporaryDeny> of(String deviceId) {
        return records(deviceId).stream()
                .map(found -> Records.read(found, TemporaryDeny.class))
                .toList();
    }

    /** Lifts every refusal of the device. */
    public void lift(Actor actor, String deviceId) {
        devices.get(deviceId);
        editor.retrying(() -> records(deviceId), found -> {
            List<TemporaryDeny> before = found.stream()
                    .map(old -> Records.read(old, TemporaryDeny.class))
                    .toList();
            Editor.Draft draft = editor.draft(
                            actor, "device.lift-temporary-deny", Records.DEVICE, deviceId, before, null)
                    .bumpEpoch();
            found.forEach(draft::delete);
            return draft;
        });
    }

    private List<PolicyRecord> records(String deviceId) {
        return PolicyCache.scanAll(editor.store(), Records.TEMPORARY_DENY, Records.deviceTerm(deviceId));
    }
}
