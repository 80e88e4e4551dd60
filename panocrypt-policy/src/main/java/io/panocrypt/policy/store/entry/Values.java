package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreText;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;

/**
 * The stored form of values: JSON, as the house writes it. A body, which is JSON text already, follows in a line of its own,
 * so that nobody quotes it.
 */
final class Values {
    /** In no JSON that the house writes. */
    private static final char END_OF_VALUE = '\n';

    private Values() {}

    /** @throws StoreInputException if it is too large, or a text in it cannot be kept */
    static String write(Object value) {
        return requireFit(json(value));
    }

    /** Like {@link #write(Object)}, with a body. */
    static String write(Object value, String body) {
        StoreText.check(body);
        return requireFit(json(value) + END_OF_VALUE + body);
    }

    private static String json(Object value) {
        try {
            return Json.write(value);
        } catch (OperationException e) {
            throw new StoreInputException("text holds half of a surrogate pair", e);
        }
    }

    private static String requireFit(String text) {
        int max = EntryStore.MAX_VALUE_BYTES;
        // No character takes more than three bytes, so most texts need not be encoded to be counted.
        if (text.length() > max / 3) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > max) {
                throw new StoreInputException("an entry has " + bytes + " bytes, the store keeps at most " + max);
            }
        }
        return text;
    }

    static <T> T read(String value, Class<T> type) {
        return Json.read(value, type);
    }

    static <T> T read(StoreEntry entry, Class<T> type) {
        return Json.read(entry.value(), type);
    }

    /** Reads a value that was written with a body. */
    static <T, R> R read(String text, Class<T> type, BiFunction<T, String, R> whole) {
        int end = text.indexOf(END_OF_VALUE);
        if (end < 0) {
            throw new UnreadableRecordException(type.getSimpleName());
        }
        return whole.apply(Json.read(text.substring(0, end), type), text.substring(end + 1));
    }
}
