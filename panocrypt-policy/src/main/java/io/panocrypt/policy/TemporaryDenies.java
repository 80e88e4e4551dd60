package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refuses devices for a limited time. Thread-safe; throws as {@link Devices} does. */
public final class TemporaryDenies {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofDays(366);
    private static final int MAX_CAUSE = 1024;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final Devices devices;
    private final RequestCanceller canceller;

    TemporaryDenies(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Devices devices,
            RequestCanceller canceller) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.devices = devices;
        this.canceller = canceller;
    }

    /**
     * Refuses a device for a limited time.
     *
     * @param source only this source; null for the whole device, which also cancels its open allowances and approvals
     * @param length from 1 millisecond to 366 days
     * @param cause at most 1,024 characters
     */
    public TemporaryDeny deny(Actor actor, String deviceId, @Nullable IpAddress source, Duration length, String cause) {
        refuseWrong(length, cause);
        if (devices.get(deviceId).state() == DeviceState.REVOKED) {
            throw new OperationException(OperationException.Kind.CONFLICT, "the device is revoked");
        }
        Instant now = clock.instant();
        TemporaryDeny deny = new TemporaryDeny(
                ids.next(), deviceId, Optional.ofNullable(source), now.plusMillis(length.toMillis()), cause, 1);
        editor.retrying(() -> ended(store, clock.instant(), deviceId), ended -> {
            PolicyEditor.Draft draft = editor.draft(actor, "device.deny", RecordMapper.DEVICE, deviceId, null, deny)
                    .put(RecordMapper.of(deny))
                    .bumpEpoch();
            ended.forEach(draft::delete);
            return new Edit<>(source == null ? draft.cancel(new GrantScope.OfDevice(deviceId)) : draft, deny);
        });
        if (source == null) {
            canceller.end(actor, canceller.ofDevice(deviceId));
        }
        return deny;
    }

    private static void refuseWrong(Duration length, String cause) {
        List<String> problems = new ArrayList<>();
        if (length.compareTo(SHORTEST) < 0 || length.compareTo(MAX) > 0) {
            problems.add("the length must be PT0.001S to " + MAX);
        }
        if (cause.length() > MAX_CAUSE) {
            problems.add("the cause is at most " + MAX_CAUSE + " characters");
        }
        Validation.refuse(problems);
    }

    /** Expired temporary denies; the next deny of the device deletes them. */
    static List<PolicyRecord> ended(Store store, Instant now, String deviceId) {
        return records(store, deviceId).stream()
                .filter(old -> RecordMapper.readIfReadable(old, TemporaryDeny.class)
                        .filter(deny -> !now.isBefore(deny.until()))
                        .isPresent())
                .toList();
    }

    /** The device's temporary denies. Expired ones are included until the next one is created. */
    public List<TemporaryDeny> of(String deviceId) {
        return records(store, deviceId).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, TemporaryDeny.class).stream())
                .toList();
    }

    /**
     * Lifts every temporary deny of the device.
     *
     * @return whether there was one; if not, nothing is changed or recorded
     */
    public boolean lift(Actor actor, String deviceId) {
        devices.get(deviceId);
        if (records(store, deviceId).isEmpty()) {
            return false;
        }
        editor.retrying(() -> records(store, deviceId), found -> {
            List<TemporaryDeny> before = found.stream()
                    .flatMap(old -> RecordMapper.readIfReadable(old, TemporaryDeny.class).stream())
                    .toList();
            PolicyEditor.Draft draft = editor.draft(
                            actor, "device.lift-temporary-deny", RecordMapper.DEVICE, deviceId, before, null)
                    .bumpEpoch();
            found.forEach(draft::delete);
            return new Edit<>(draft, before);
        });
        return true;
    }

    private static List<PolicyRecord> records(Store store, String deviceId) {
        return PolicyCache.scanAll(store, RecordMapper.TEMPORARY_DENY, RecordMapper.deviceTerm(deviceId));
    }
}
