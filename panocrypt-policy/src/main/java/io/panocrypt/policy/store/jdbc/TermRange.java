package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UniqueTermPage;
import org.jspecify.annotations.Nullable;

/**
 * The terms with a prefix, as bounds in the order of code points.
 *
 * @param first the lowest that is wanted
 * @param end the lowest that is too high
 */
record TermRange(String first, String end) {
    /** The lowest character that a database stores. */
    private static final String LOWEST = "\u0001";

    /** @param after only greater terms; null for all */
    static TermRange of(String prefix, @Nullable String after) {
        String next = after == null ? prefix : after + LOWEST;
        return new TermRange(UniqueTermPage.ORDER.compare(next, prefix) < 0 ? prefix : next, end(prefix));
    }

    private static String end(String prefix) {
        StringBuilder end = new StringBuilder(prefix);
        while (!end.isEmpty()) {
            int last = end.codePointBefore(end.length());
            end.setLength(end.length() - Character.charCount(last));
            if (last < Character.MAX_CODE_POINT) {
                return end.appendCodePoint(last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1)
                        .toString();
            }
        }
        throw new StoreInputException("a prefix of unique terms must have a character that is not the last of Unicode");
    }
}
