package io.panocrypt.policy.internal.event;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sources from which a device was unlocked; IPv6 addresses count by /64.
 *
 * <p>Each source is a record in the store. The latest 65,536 are cached, so that the store is asked once for each.
 * Thread-safe.
 */
public final class SeenSources {
    private static final int MAX = 65_536;

    private final Store store;
    private final Set<String> known = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX;
        }
    }));

    public SeenSources(Store store) {
        this.store = store;
    }

    /** The stored form. */
    private record Body(String deviceId, IpAddress source, Instant since) {}

    public boolean isKnown(String deviceId, IpAddress source) {
        String id = id(deviceId, source);
        if (known.contains(id)) {
            return true;
        }
        boolean stored = store.get(RecordMapper.KNOWN_SOURCE, id).isPresent();
        if (stored) {
            known.add(id);
        }
        return stored;
    }

    /** When the device was first unlocked from the source; empty if never, or if the record cannot be read. */
    public static Optional<Instant> since(Store store, String deviceId, IpAddress source) {
        return store.get(RecordMapper.KNOWN_SOURCE, id(deviceId, source))
                .flatMap(record -> RecordMapper.readIfReadable(record, Body.class))
                .map(Body::since);
    }

    public PolicyRecord record(String deviceId, IpAddress source, Instant now) {
        return new PolicyRecord(
                RecordMapper.KNOWN_SOURCE,
                id(deviceId, source),
                1,
                Json.write(new Body(deviceId, source.site(), now)),
                Set.of(),
                Set.of(RecordMapper.deviceTerm(deviceId)));
    }

    private static String id(String deviceId, IpAddress source) {
        return Digest.hex(deviceId + " " + source.site());
    }
}
