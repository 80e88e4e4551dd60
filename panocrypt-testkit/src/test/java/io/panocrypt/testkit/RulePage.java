package io.panocrypt.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page that explains a contract in tables; their first column contains rule ids. */
public final class RulePage {
    private static final Pattern ROW = Pattern.compile("^\\| ([A-Z][0-9]+(?:, [A-Z][0-9]+)*) \\|", Pattern.MULTILINE);

    private RulePage() {}

    /**
     * Returns the rules that the page explains; fails if it explains one twice.
     *
     * @param name the page's name in the folder docs
     */
    public static Set<String> explained(String name) throws IOException {
        String page = Files.readString(Path.of(System.getProperty("panocrypt.root"), "docs", name));
        Set<String> explained = new TreeSet<>();
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            for (String rule : row.group(1).split(", ")) {
                assertTrue(explained.add(rule), () -> rule + " is explained twice");
            }
        }
        return explained;
    }
}
