package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An order in which an index of the store lists devices. Thread-safe. */
public interface DeviceOrder {
    /** The length of the longest name. */
    int MAX_NAME = 63;

    /** The devices after that position; from the first one for null. */
    List<PolicyRecord> after(@Nullable String cursor, int limit);

    /** The position after that device. */
    String cursor(PolicyRecord device);

    /**
     * Oldest first.
     *
     * @param term only devices with this term; null for all
     */
    static DeviceOrder byAge(Store store, @Nullable String term) {
        return new DeviceOrder() {
            @Override
            public List<PolicyRecord> after(@Nullable String cursor, int limit) {
                return store.scan(RecordMapper.DEVICE, term, cursor, limit);
            }

            @Override
            public String cursor(PolicyRecord device) {
                return device.id();
            }
        };
    }

    /** The devices that are not revoked and whose name begins so, by name. */
    static DeviceOrder byName(Store store, String prefix) {
        String terms = RecordMapper.nameTerm(prefix);
        return new DeviceOrder() {
            @Override
            public List<PolicyRecord> after(@Nullable String cursor, int limit) {
                String after = cursor == null ? null : RecordMapper.nameTerm(name(cursor));
                return store.scanByUniqueTerm(RecordMapper.DEVICE, terms, after, limit);
            }

            @Override
            public String cursor(PolicyRecord device) {
                // A device has one name, and this order lists it by that.
                String term = device.uniqueTerms().stream()
                        .filter(held -> held.startsWith(terms))
                        .findFirst()
                        .orElseThrow();
                return encoded(term.substring(RecordMapper.nameTerm("").length()));
            }
        };
    }

    private static String encoded(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String name(String cursor) {
        try {
            String name = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            // No malformed UTF-8, which would be another name.
            if (encoded(name).equals(cursor) && name.length() <= MAX_NAME) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            throw noSuchCursor();
        }
        throw noSuchCursor();
    }

    private static OperationException noSuchCursor() {
        return new OperationException(OperationException.Kind.INVALID, "no such cursor");
    }
}
