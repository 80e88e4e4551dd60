package io.panocrypt.policy.spi.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the answer of {@link Store#scanByUniqueTerm} in order: give it records in any order, and it keeps the first ones. Not
 * thread-safe.
 */
public final class UniqueTermPage {
    /** The order of the bytes in UTF-8, which is that of the code points, and not that of {@link String#compareTo}. */
    public static final Comparator<String> ORDER = UniqueTermPage::compare;

    private final String prefix;
    private final @Nullable String after;
    private final int limit;
    private final NavigableMap<String, PolicyRecord> first = new TreeMap<>(ORDER);

    /** A page without records; the parameters are those of {@link Store#scanByUniqueTerm}. */
    public UniqueTermPage(String prefix, @Nullable String after, int limit) {
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
    }

    private static int compare(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                // A surrogate stands for a code point beyond all others.
                boolean differ = Character.isSurrogate(a) != Character.isSurrogate(b);
                return differ ? Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b)) : a - b;
            }
        }
        return one.length() - other.length();
    }

    /** Adds the record once for each of its unique terms that is wanted. */
    public void add(PolicyRecord record) {
        for (String term : record.uniqueTerms()) {
            if (term.startsWith(prefix) && (after == null || compare(term, after) > 0)) {
                first.put(term, record);
                if (first.size() > limit) {
                    first.pollLastEntry();
                }
            }
        }
    }

    /** The records by ascending term. */
    public List<PolicyRecord> records() {
        return new ArrayList<>(first.values());
    }
}
