package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.policy.PolicyViewFactory;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** When devices last said that they run, in one record each, which is written once a minute at most. Thread-safe. */
public final class AliveSignals {
    /** How much later than recorded a device may have said it last. */
    private static final Duration PRECISION = Duration.ofMinutes(1);

    private final Store store;
    private final PolicyViewFactory views;

    public AliveSignals(Store store, PolicyViewFactory views) {
        this.store = store;
        this.views = views;
    }

    /** The stored form. */
    private record Body(String deviceId, Instant time) {}

    /** Empty if the device never said so, or the record cannot be read. */
    Optional<Instant> last(String deviceId) {
        return store.get(RecordMapper.ALIVE, deviceId).flatMap(AliveSignals::time);
    }

    private static Optional<Instant> time(PolicyRecord stored) {
        return RecordMapper.readIfReadable(stored, Body.class).map(Body::time);
    }

    /**
     * Records that the device with that token runs.
     *
     * @return the device's id; empty, and nothing is recorded, if there is none, it is revoked, or its source policy does not
     *     admit the source
     * @throws StoreException if the store fails, or policy changes faster than it can be read
     */
    public Optional<String> record(String token, Optional<IpAddress> source) {
        for (int i = 0; i < Unlocker.MAX_EVALUATIONS; i++) {
            Optional<DecisionSnapshot> snapshot = store.snapshot(RecordMapper.tokenTerm(token));
            if (snapshot.isEmpty()) {
                return Optional.empty();
            }
            Device device = RecordMapper.read(snapshot.get().device(), Device.class);
            Optional<PolicyView> view = views.of(snapshot.get(), device);
            if (view.isPresent()) {
                return record(view.get(), source, snapshot.get().now());
            }
        }
        throw new StoreException("policy kept changing while a device said that it runs");
    }

    private Optional<String> record(PolicyView view, Optional<IpAddress> source, Instant now) {
        Device device = view.device();
        if (device.state() == DeviceState.REVOKED || !view.admits(source)) {
            return Optional.empty();
        }
        Optional<PolicyRecord> stored = store.get(RecordMapper.ALIVE, device.id());
        boolean isRecent = stored.flatMap(AliveSignals::time)
                .filter(last -> Duration.between(last, now).abs().compareTo(PRECISION) < 0)
                .isPresent();
        if (!isRecent) {
            long version = stored.map(PolicyRecord::version).orElse(0L) + 1;
            // A conflict means that another call was faster, and it says the same.
            store.write(StoreWrite.of()
                    .put(new PolicyRecord(
                            RecordMapper.ALIVE,
                            device.id(),
                            version,
                            Json.write(new Body(device.id(), now)),
                            Set.of(),
                            Set.of(RecordMapper.deviceTerm(device.id()))))
                    .build());
        }
        return Optional.of(device.id());
    }
}
