package io.panocrypt.policy.notify;

/** Text that stays in its line and reads in the order that it was written in, whoever wrote it. */
final class OneLine {
    private static final int REPLACEMENT = 0xfffd;

    private OneLine() {}

    /**
     * The text with control characters, line ends and the marks that reorder what people see turned into single spaces,
     * cut to a length.
     *
     * @param most in code points, the sign of a cut included
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

    /** Marks, embeddings, overrides and isolates (Unicode Annex 9, section 2); joiners, which emoji need, stay. */
    private static boolean reorders(int point) {
        return point == 0x061c
                || point == 0x200e
                || point == 0x200f
                || point >= 0x202a && point <= 0x202e
                || point >= 0x2066 && point <= 0x2069;
    }
}
