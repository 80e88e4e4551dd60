package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.standalone.demo.DemoCommand;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The demo succeeds with the Java client; stock clevis runs the same steps in its own test. */
class DemoTest {
    @Test
    void tellsTheMainJobWithoutClevis() {
        assertEquals(0, new CommandLine(new DemoCommand()).execute("--no-clevis"));
    }
}
