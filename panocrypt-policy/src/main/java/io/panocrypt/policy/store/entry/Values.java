package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreInputException;
import java.nio.charset.StandardCharsets;

/** The stored form of values: JSON, as the house writes it. */
final class Values {
    private Values() {}

    /** @throws StoreInputException if it is too large, or a text in it cannot be kept */
    static String write(Object value) {
        try {
            String text = Json.write(value);
            requireFit(text.getBytes(StandardCharsets.UTF_8).length);
            return text;
        } catch (OperationException e) {
            throw new StoreInputException("text holds half of a surrogate pair", e);
        }
    }

    private static void requireFit(int bytes) {
        if (bytes > EntryStore.MAX_VALUE_BYTES) {
            throw new StoreInputException(
                    "an entry has " + bytes + " bytes, the store keeps at most " + EntryStore.MAX_VALUE_BYTES);
        }
    }

    static <T> T read(String value, Class<T> type) {
        return Json.read(value, type);
    }

    static <T> T read(StoreEntry entry, Class<T> type) {
        return Json.read(entry.value(), type);
    }
}
