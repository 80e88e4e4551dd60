package io.panocrypt.standalone.cli.base;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints the properties of one object, each on a line after its label. Long values continue on the next line. */
public final class Facts {
    private record Fact(String label, String value) {}

    private final List<Fact> facts = new ArrayList<>();

    public Facts row(String label, String value) {
        facts.add(new Fact(TextTable.plain(label), TextTable.plain(value)));
        return this;
    }

    public void print(PrintWriter out) {
        int labels = facts.stream()
                        .mapToInt(fact -> TextTable.width(fact.label()))
                        .max()
                        .orElse(0)
                + 2;
        for (Fact fact : facts) {
            String label = fact.label();
            for (String line : wrapped(fact.value(), TextTable.WIDTH - labels)) {
                out.println((label + " ".repeat(labels - TextTable.width(label)) + line).stripTrailing());
                label = "";
            }
        }
    }

    /** Breaks lines only after commas and spaces, so a URL stays in one piece. */
    private static List<String> wrapped(String value, int most) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String part : value.split("(?<=[, ])")) {
            if (!line.isEmpty() && TextTable.width((line + part).stripTrailing()) > most) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(part);
        }
        lines.add(line.toString());
        return lines;
    }
}
