package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All durations may be typed briefly or in ISO 8601. */
class DurationsTest extends CliFixture {
    @ParameterizedTest
    @CsvSource({
        "1h, PT1H",
        "30m, PT30M",
        "7d, PT168H",
        "90s, PT1M30S",
        "1h30m, PT1H30M",
        "1d2h3m4s, PT26H3M4S",
        "PT1H, PT1H",
        "P7D, PT168H",
        "pt5m, PT5M"
    })
    void areReadInBothForms(String typed, String sent) {
        server.on("POST /devices/" + ID + "/allowances", 201, "{\"id\":\"a1\"}");
        assertDone(run("device", "allow", "web1", "--expires-in", typed));
        assertEquals("{\"expiresIn\":\"" + sent + "\"}", server.last().body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "device allow web1 --expires-in",
                "key add fleet --expires-in",
                "member add eva --token-expires-in",
                "member rotate-token eva --expires-in"
            })
    void areReadByEveryCommandThatTakesThem(String command) {
        run(words(command + " 1h30m"));
        assertTrue(server.lines().size() > 0, "the option was refused");
        Ran wrong = runAsTyped(words(command + " soon"));
        assertEquals(2, wrong.exitCode());
        assertTrue(wrong.err().contains("'soon' is not a duration"), wrong.err());
        assertTrue(wrong.err().contains("1h30m") && wrong.err().contains("PT1H30M"), wrong.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "1", "h", "-1h", "1.5h", "30m1h", "1h1h", "1H", "1h 30m", "99999999999999999999d"})
    void areRefusedInAnyOtherForm(String typed) {
        Ran ran = runAsTyped("device", "allow", "web1", "--expires-in", typed);
        assertEquals(2, ran.exitCode(), ran.out());
        assertTrue(ran.err().contains("is not a duration"), ran.err());
    }
}
