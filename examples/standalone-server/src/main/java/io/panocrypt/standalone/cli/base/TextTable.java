package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Rows of text in aligned columns, safe to show on a terminal. */
public final class TextTable {
    /** The width of the narrowest common terminal, in characters. */
    public static final int WIDTH = 80;

    /** The usual minimum width of a shortened column: cells must stay distinguishable. */
    private static final int MIN_CUT = 9;

    private static final String CUT = "...";

    /** How to treat a column if the table is wider than the terminal. */
    public enum Narrow {
        /** Shown in full: for values that are typed again or are useless when shortened. */
        WHOLE,
        /** Shortened if there is no room. */
        CUT,
        /** Left out. */
        NONE
    }

    /**
     * A column and its heading.
     *
     * @param minimum the width, in characters, to which it may be shortened
     */
    public record Column(String heading, Narrow narrow, int minimum) {}

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(Column... columns) {
        this.columns = List.of(columns);
        row(this.columns.stream().map(Column::heading).toArray(String[]::new));
    }

    /** A column that is always shown in full. */
    public static Column whole(String heading) {
        return new Column(heading, Narrow.WHOLE, 0);
    }

    /** A column that is always shown, and shortened if there is no room. */
    public static Column cut(String heading) {
        return cut(heading, MIN_CUT);
    }

    /** A column that is always shown, and shortened if there is no room, but not below the minimum. */
    public static Column cut(String heading, int minimum) {
        return new Column(heading, Narrow.CUT, minimum);
    }

    /** A column that is shown only with {@code --wide}. */
    public static Column wide(String heading) {
        return new Column(heading, Narrow.NONE, 0);
    }

    /** A cell for each column. */
    public TextTable row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(Arrays.stream(cells).map(TextTable::plain).toList());
        return this;
    }

    /**
     * Prints all rows.
     *
     * @param wide whether to show every column in full, whatever the length of the lines
     * @return whether a cell was shortened
     */
    public boolean print(PrintWriter out, boolean wide) {
        List<Integer> shown = IntStream.range(0, columns.size())
                .filter(i -> wide || columns.get(i).narrow() != Narrow.NONE)
                .boxed()
                .toList();
        int[] widths = new int[columns.size()];
        for (int i : shown) {
            widths[i] = rows.stream().mapToInt(row -> width(row.get(i))).max().orElse(0);
        }
        if (!wide) {
            fit(shown, widths);
        }
        boolean cut = false;
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i : shown) {
                String cell = shortened(row.get(i), widths[i]);
                cut |= !cell.equals(row.get(i));
                line.append(cell).append(" ".repeat(widths[i] - width(cell) + 2));
            }
            out.println(line.toString().stripTrailing());
        }
        return cut;
    }

    /** Shortens the column first that has the most to spare. */
    private void fit(List<Integer> shown, int[] widths) {
        int over = shown.stream().mapToInt(i -> widths[i] + 2).sum() - 2 - WIDTH;
        for (; over > 0; over--) {
            Optional<Integer> longest = shown.stream()
                    .filter(i -> columns.get(i).narrow() == Narrow.CUT)
                    .max(Comparator.comparingInt(i -> widths[i] - columns.get(i).minimum()));
            if (longest.isEmpty()
                    || widths[longest.get()] <= columns.get(longest.get()).minimum()) {
                return;
            }
            widths[longest.get()]--;
        }
    }

    /** Drops the middle: names with the same beginning often differ at the end. */
    private static String shortened(String text, int most) {
        int length = width(text);
        if (length <= most) {
            return text;
        }
        int end = (most - CUT.length()) / 2;
        int begin = most - CUT.length() - end;
        return text.substring(0, text.offsetByCodePoints(0, begin))
                + CUT
                + text.substring(text.offsetByCodePoints(0, length - end));
    }

    /** A time to the second. */
    public static String time(JsonNode value) {
        return cell(value).replaceFirst("\\.[0-9]+Z$", "Z");
    }

    /** A JSON value for a cell: empty for null, a list separated by commas. */
    public static String cell(JsonNode value) {
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(TextTable::cell)
                    .collect(Collectors.joining(","));
        }
        return value.isNull() || value.isMissingNode() ? "" : value.isValueNode() ? value.asText() : value.toString();
    }

    /** Removes characters that control a terminal: notes and reasons come from other people. */
    public static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().map(c -> steers(c) ? '?' : c).forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** The same JSON value with all characters that control a terminal escaped. */
    public static String plainJson(String json) {
        StringBuilder plain = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            // These three are white space between tokens; inside a string JSON always escapes them.
            if (steers(c) && c != '\n' && c != '\r' && c != '\t') {
                for (char unit : Character.toChars(c)) {
                    plain.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            } else {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }

    /**
     * Control characters (C0, DEL, C1), characters that reorder text or are invisible, Unicode line ends, and unpaired
     * surrogates.
     */
    private static boolean steers(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** The number of terminal columns of a text. */
    public static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
