package io.panocrypt.policy.internal.records;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values that were parsed last, so that an unlock need not parse the same text again.
 *
 * <p>It saves parsing, never reading: a value is taken from here only if its text is identical. Keys stay sealed as in the
 * store. Remembers 4,096 values; as many devices take about 25 MB. Thread-safe.
 *
 * @param <T> the type of the values, immutable
 */
public final class ParseCache<T> {
    private static final int MAX = 4_096;

    private record Parsed<T>(String text, T value) {}

    private final Map<String, Parsed<T>> latest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Parsed<T>> eldest) {
            return size() > MAX;
        }
    };

    /**
     * The value of that text.
     *
     * @param name of the text; each name has its latest text here
     * @param parse what it throws is thrown, and nothing is forgotten
     */
    public T of(String name, String text, Function<String, T> parse) {
        @Nullable Parsed<T> known;
        synchronized (latest) {
            known = latest.get(name);
        }
        if (known != null && known.text().equals(text)) {
            return known.value();
        }
        T value = parse.apply(text);
        put(name, text, value);
        return value;
    }

    /** Remembers the value of a text that was just written. */
    public void put(String name, String text, T value) {
        synchronized (latest) {
            latest.put(name, new Parsed<>(text, value));
        }
    }
}
