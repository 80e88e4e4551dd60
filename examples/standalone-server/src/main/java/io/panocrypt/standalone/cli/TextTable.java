package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Rows of text in aligned columns, safe to show on a terminal. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    /** A table with those headings, or without any. */
    TextTable(String... headings) {
        if (headings.length > 0) {
            row(headings);
        }
    }

    TextTable row(String... cells) {
        rows.add(Arrays.stream(cells).map(TextTable::plain).toList());
        return this;
    }

    void print(PrintWriter out) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)) + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** A JSON value for a cell: nothing for null, a list with commas. */
    static String cell(JsonNode value) {
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(TextTable::cell)
                    .collect(Collectors.joining(","));
        }
        return value.isNull() || value.isMissingNode() ? "" : value.isValueNode() ? value.asText() : value.toString();
    }

    /** The text without what would steer a terminal: notes and reasons are other people's. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().map(c -> steers(c) ? '?' : c).forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** JSON with the same value that steers no terminal: inside its strings each such character is escaped. */
    static String plainJson(String json) {
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

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
