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
    /** As many characters as the narrowest terminal in use has. */
    public static final int WIDTH = 80;

    /** No column is cut to less: what is left must still tell one thing from another. */
    private static final int MIN_CUT = 9;

    private static final String CUT = "...";

    /** What becomes of a column where the table must fit a terminal. */
    public enum Narrow {
        /** Shown as it is: what is typed again, or says nothing when cut. */
        WHOLE,
        /** Shown, and shortened where there is no room. */
        CUT,
        /** Left out. */
        NONE
    }

    /** A column under its heading. */
    public record Column(String heading, Narrow narrow) {}

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(Column... columns) {
        this.columns = List.of(columns);
        row(this.columns.stream().map(Column::heading).toArray(String[]::new));
    }

    /** A column that is always shown, and never cut. */
    public static Column whole(String heading) {
        return new Column(heading, Narrow.WHOLE);
    }

    /** A column that is always shown, and cut where there is no room. */
    public static Column cut(String heading) {
        return new Column(heading, Narrow.CUT);
    }

    /** A column that is shown only where there is room for anything. */
    public static Column wide(String heading) {
        return new Column(heading, Narrow.NONE);
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
     * @param wide whether every column is shown whole, however long the lines become
     * @return whether a cell was cut
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

    /** Takes from the widest column first. */
    private void fit(List<Integer> shown, int[] widths) {
        int over = shown.stream().mapToInt(i -> widths[i] + 2).sum() - 2 - WIDTH;
        for (; over > 0; over--) {
            Optional<Integer> widest = shown.stream()
                    .filter(i -> columns.get(i).narrow() == Narrow.CUT && widths[i] > MIN_CUT)
                    .max(Comparator.comparingInt(i -> widths[i]));
            if (widest.isEmpty()) {
                return;
            }
            widths[widest.get()]--;
        }
    }

    /** Leaves out the middle: names that begin alike often end differently. */
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

    /** A JSON value for a cell: nothing for null, a list with commas. */
    public static String cell(JsonNode value) {
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(TextTable::cell)
                    .collect(Collectors.joining(","));
        }
        return value.isNull() || value.isMissingNode() ? "" : value.isValueNode() ? value.asText() : value.toString();
    }

    /** The text without what would steer a terminal: notes and reasons are other people's. */
    public static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().map(c -> steers(c) ? '?' : c).forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** JSON with the same value that steers no terminal: inside its strings each such character is escaped. */
    public static String plainJson(String json) {
        StringBuilder plain = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            // Between tokens these three are white space; inside a string JSON has them escaped already.
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

    /** Controls (C0, DEL, C1), what reorders text or is invisible, line ends of Unicode, and halves of surrogate pairs. */
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

    /** How many columns of a terminal. */
    public static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
