package io.panocrypt.policy.spi.store;

import org.jspecify.annotations.Nullable;

/**
 * Checks that a store can keep a text: no NUL, which databases refuse, and no half of a surrogate pair, which UTF-8
 * cannot encode.
 */
public final class StoreText {
    private StoreText() {}

    /** Whether every store can store that text and find it again. */
    public static boolean isStorable(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /**
     * Refuses text that cannot be stored.
     *
     * @param texts nulls are ignored
     * @throws StoreInputException if one cannot be stored
     */
    public static void check(@Nullable String... texts) {
        for (String text : texts) {
            if (text != null && !isStorable(text)) {
                throw new StoreInputException("text holds NUL or half of a surrogate pair");
            }
        }
    }
}
