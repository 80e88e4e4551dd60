package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy of the runbook passes on every path of a device, and none of operators. */
class ProxyFileTest {
    private static Pattern passed;

    @BeforeAll
    static void readPattern() throws Exception {
        String file = Files.readString(Path.of("..", "docs", "deploy", "haproxy.cfg"));
        Matcher rule = Pattern.compile("path_reg (\\S+)").matcher(file);
        assertTrue(rule.find());
        passed = Pattern.compile(rule.group(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/adv", "/adv/", "//adv//", "/adv/THP", "/rec/KID", "//rec/KID", "/alive"})
    void passesWhatDevicesAsk(String path) {
        String token = "abcdefghijklmnopqrstuvwx27";
        assertTrue(passed.matcher("/u/" + token + path).find());
        assertTrue(passed.matcher("//u/" + token + path).find());
    }

    @Test
    void passesNothingOfOperators() {
        assertFalse(passed.matcher("/api/v1/devices").find());
        assertFalse(passed.matcher("/metrics").find());
    }
}
