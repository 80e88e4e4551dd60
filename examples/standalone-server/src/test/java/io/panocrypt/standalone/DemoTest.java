package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.standalone.demo.DemoCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The demo succeeds with the Java client; stock clevis runs the same steps in its own test. */
class DemoTest {
    private static final int TERMINAL_WIDTH = 80;

    @Test
    void tellsTheMainJobWithoutClevis() {
        PrintStream before = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            assertEquals(0, new CommandLine(new DemoCommand()).execute("--no-clevis"));
        } finally {
            System.setOut(before);
        }
        List<String> wide = output.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.length() > TERMINAL_WIDTH && !line.contains("clevis luks bind"))
                .toList();
        assertTrue(output.size() > 0);
        assertEquals(List.of(), wide);
    }
}
