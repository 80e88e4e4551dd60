package io.panocrypt.policy.notify;

/** Makes foreign text safe to show: it stays on one line and displays in the order in which it is stored. */
final class OneLine {
    private static final int REPLACEMENT = 0xfffd;

    private OneLine() {}

    /**
     * Replaces control characters, line ends and marks that reorder the display by single spaces, and cuts the text to
     * a length.
     *
     * @param most maximum length in code points, the sign of a cut included
     */
    static String of(String text, int most) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().map(OneLine::shown).forEach(clean::appendCodePoint);
        String line = clean.toString().replaceAll(" {2,}", " ").strip();
        if (line.codePointCount(0, line.length()) <= most) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, most - 1)).stripTrailing() + "\u2026";
    }

    private static int shown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
            case Character.SURROGATE -> REPLACEMENT;
            case Character.FORMAT -> reorders(point) ? ' ' : point;
            default -> point;
        };
    }

    /**
     * Marks, embeddings, overrides and isolates (Unicode Annex 9, section 2) reorder; joiners, which emoji need, are
     * kept.
     */
    private static boolean reorders(int point) {
        return point == 0x061c
                || point == 0x200e
                || point == 0x200f
                || point >= 0x202a && point <= 0x202e
                || point >= 0x2066 && point <= 0x2069;
    }
}
