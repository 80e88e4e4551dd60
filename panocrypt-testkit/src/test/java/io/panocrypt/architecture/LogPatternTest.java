package io.panocrypt.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A single apostrophe in a log pattern would disappear, and the placeholders after it would be printed as they are. */
class LogPatternTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern WITH_PLACEHOLDER =
            Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\\{\\d(?:[^\"\\\\\\n]|\\\\.)*\"");
    private static final Pattern SINGLE_APOSTROPHE = Pattern.compile("(?<!')'(?!')");

    private static List<String> faultsOf(String source) {
        return WITH_PLACEHOLDER
                .matcher(CONCATENATION.matcher(source).replaceAll(""))
                .results()
                .map(found -> found.group())
                .filter(pattern -> SINGLE_APOSTROPHE.matcher(pattern).find())
                .toList();
    }

    @Test
    void everyPatternDoublesItsApostrophes() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> sources = files.filter(file -> file.toString().contains("src/main/java/")
                            && file.toString().endsWith(".java"))
                    .toList();
            int logging = 0;
            for (Path source : sources) {
                String text = Files.readString(source);
                if (text.contains("System.Logger")) {
                    logging++;
                    assertEquals(List.of(), faultsOf(text), source.toString());
                }
            }
            assertTrue(logging > 20, logging + " sources that log");
        }
    }

    @Test
    void findsWhatItLooksFor() {
        assertEquals(1, faultsOf("log(\"the outbox's \" +\n \"state: {0}\")").size());
        assertEquals(List.of(), faultsOf("log(\"the outbox''s state: {0}\"); say(\"it's \"); say(\"{0}\")"));
    }
}
