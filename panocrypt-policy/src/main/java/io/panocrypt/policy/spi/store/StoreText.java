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
        // A plain loop, because each text of each unlock comes here.
        boolean isInPair = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c) != isInPair) {
                return false;
            }
            isInPair = Character.isHighSurrogate(c);
        }
        return !isInPair;
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
