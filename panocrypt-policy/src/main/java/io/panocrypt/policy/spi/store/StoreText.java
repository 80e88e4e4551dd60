package io.panocrypt.policy.spi.store;

import org.jspecify.annotations.Nullable;

/** Which text a store can keep: no NUL, which databases refuse, and no half of a surrogate pair, which UTF-8 cannot write. */
public final class StoreText {
    private StoreText() {}

    /** Whether every store can keep that text and find it again. */
    public static boolean isStorable(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /**
     * Refuses text that cannot be kept.
     *
     * @param texts null stands for none
     * @throws StoreInputException if one cannot
     */
    public static void check(@Nullable String... texts) {
        for (String text : texts) {
            if (text != null && !isStorable(text)) {
                throw new StoreInputException("text holds NUL or half of a surrogate pair");
            }
        }
    }
}
