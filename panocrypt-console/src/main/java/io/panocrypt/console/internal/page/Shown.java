package io.panocrypt.console.internal.page;

import java.util.Locale;

/**
 * Untrusted text as people may see it. The templates escape it for HTML; this makes visible what would reorder or hide other
 * text on the screen.
 */
public final class Shown {
    private static final int MAX = 80;

    private Shown() {}

    /** The whole text, with control and formatting characters as marks such as {@code [U+202E]}. */
    public static String whole(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c == '\n') {
                shown.append(' ');
            } else if (isHidden(c)) {
                shown.append(String.format(Locale.ROOT, "[U+%04X]", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** The beginning of the text, whole if it has at most 80 characters. */
    public static String cut(String text) {
        String shown = whole(text);
        return isLong(text) ? shown.substring(0, shown.offsetByCodePoints(0, MAX - 1)) + "…" : shown;
    }

    /** Whether {@link #cut} leaves something out. */
    public static boolean isLong(String text) {
        String shown = whole(text);
        return shown.codePointCount(0, shown.length()) > MAX;
    }
}
