package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts positions in the journal to opaque text and back. */
public final class JournalCursor {
    private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18})/(\\d{1,18})/(\\P{Cntrl}+)");

    private JournalCursor() {}

    /** The text for the position after that row. */
    public static String after(JournalRow row) {
        return encoded(row.entry().time().toEpochMilli() + "/" + row.sequence() + "/" + row.chain());
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The position of the row before the cursor; null for no cursor.
     *
     * @throws OperationException {@code INVALID} for any text that {@link #after} has not made
     */
    static JournalQuery.@Nullable Position parse(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            Matcher parts = CURSOR.matcher(text);
            // Only what after() writes is accepted: no malformed UTF-8, no other digits for the same number.
            if (parts.matches() && encoded(text).equals(cursor)) {
                return new JournalQuery.Position(
                        Long.parseLong(parts.group(1)), parts.group(3), Long.parseLong(parts.group(2)));
            }
        } catch (IllegalArgumentException e) {
            throw new OperationException(OperationException.Kind.INVALID, "no such cursor");
        }
        throw new OperationException(OperationException.Kind.INVALID, "no such cursor");
    }
}
