package io.panocrypt.policy.internal.policy;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The devices that were read last, so that an unlock need not parse the same text and validate the same points again.
 *
 * <p>It saves parsing, never reading the record: a device is taken from here only if its text is identical. Keys stay sealed
 * as in the store. Remembers 4,096 devices, about 25 MB. Thread-safe.
 */
public final class DeviceCache {
    private static final int MAX = 4_096;

    private record Read(String body, StoredDevice device) {}

    private final Map<String, Read> latest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
            return size() > MAX;
        }
    };

    /** @throws io.panocrypt.policy.spi.store.StoreException if the record is not a device */
    public StoredDevice of(PolicyRecord record) {
        @Nullable Read known;
        synchronized (latest) {
            known = latest.get(record.id());
        }
        if (known != null && known.body().equals(record.body())) {
            return known.device();
        }
        StoredDevice device = RecordMapper.read(record, StoredDevice.class);
        synchronized (latest) {
            latest.put(record.id(), new Read(record.body(), device));
        }
        return device;
    }
}
