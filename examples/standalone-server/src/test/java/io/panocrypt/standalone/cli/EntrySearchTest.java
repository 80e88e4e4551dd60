package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches of the history and the audit. */
class EntrySearchTest extends CliFixture {
    private static final String NONE = "{\"items\":[],\"nextCursor\":null}";
    private static final String MEMBER = "4krtqnwzzzzm2c3d4e5f6g7h2a";

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--from 2026-11-30T18:00:00Z; from=2026-11-30T18%3A00%3A00Z",
                "--from 2026-11-30T19:00:00+01:00; from=2026-11-30T18%3A00%3A00Z",
                "--to 2026-11-30; to=2026-11-30T00%3A00%3A00Z",
                "--outcome denied; outcome=denied",
                "--source 192.0.2.0/24; source=192.0.2.0%2F24",
                "--cursor abc; cursor=abc"
            })
    void areAskedOfTheServer(String options, String query) {
        server.on("GET /history?" + query + "&limit=50", 200, NONE)
                .on("GET /devices/" + ID + "/history?" + query + "&limit=50", 200, NONE);
        assertDone(run(words("history list " + options)));
        assertDone(run(words("history list --device web1 " + options)));
    }

    @Test
    void countADurationBackFromNow() {
        server.otherwise(200, NONE);
        Instant before = Instant.now().minus(Duration.ofHours(24)).minusSeconds(1);
        assertDone(run("history", "list", "--from", "24h"));
        Instant after = Instant.now().minus(Duration.ofHours(24));
        Matcher asked = Pattern.compile("GET /history\\?from=(.*)%3A(.*)%3A(.*Z)&limit=50")
                .matcher(server.last().line());
        assertTrue(asked.matches(), server.last().line());
        Instant from = Instant.parse(asked.group(1) + ":" + asked.group(2) + ":" + asked.group(3));
        assertTrue(!from.isBefore(before) && !from.isAfter(after), from.toString());
    }

    @Test
    void findActorsByName() {
        server.on("GET /members/eva", 404, "{\"status\":404,\"title\":\"no\",\"problems\":[]}")
                .on(
                        "GET /members?limit=500",
                        200,
                        "{\"items\":[{\"id\":\"" + MEMBER + "\",\"name\":\"eva\"}],\"nextCursor\":null}")
                .on("GET /members/" + MEMBER, 200, "{\"id\":\"" + MEMBER + "\",\"name\":\"eva\"}")
                .on("GET /audit?actor=" + MEMBER + "&action=device&limit=50", 200, NONE)
                .on("GET /audit?actor=enrollment-key%2Fx1&limit=50", 200, NONE)
                .on("GET /audit?actor=host&device=" + ID + "&limit=50", 200, NONE);
        assertDone(run("audit", "--actor", "eva", "--action", "device"));
        assertDone(run("audit", "--actor", MEMBER, "--action", "device"));
        assertDone(run("audit", "--actor", "enrollment-key/x1"));
        assertDone(run("audit", "--actor", "host", "--device", "web1"));
    }

    @Test
    void sayWhereTheyHaveStopped() {
        String row =
                "{\"time\":\"2026-11-22T04:00:00Z\",\"device\":\"abc234\",\"outcome\":\"denied\",\"reason\":\"disabled\",\"count\":1}";
        server.on(
                "GET /history?outcome=denied&limit=50",
                200,
                "{\"items\":[" + row + "],\"examined\":20000,\"nextCursor\":\"abc\"}");
        Ran ran = run("history", "list", "--outcome", "denied");
        assertEquals(
                "looked at 20000 entries, 1 found; to go on, type the same command with --cursor abc\n", ran.err());
        assertEquals(0, ran.exitCode());
        assertEquals(2, ran.out().lines().count(), ran.out());
        assertEquals(
                "{\"items\":[" + row + "],\"examined\":20000,\"nextCursor\":\"abc\"}\n",
                run("history", "list", "--outcome", "denied", "--json").out());
    }

    @Test
    void addUpWhatWasLookedAt() {
        server.on(
                        "GET /audit?action=device&limit=3",
                        200,
                        "{\"items\":[{\"a\":1},{\"a\":2},{\"a\":3}],\"examined\":700,\"nextCursor\":\"m\"}")
                .on(
                        "GET /audit?action=device&limit=500",
                        200,
                        "{\"items\":[" + "{},".repeat(499) + "{}],\"examined\":700,\"nextCursor\":\"m\"}")
                .on(
                        "GET /audit?action=device&limit=100&cursor=m",
                        200,
                        "{\"items\":[{}],\"examined\":20000,\"nextCursor\":\"n\"}");
        assertEquals(
                "{\"items\":[{\"a\":1},{\"a\":2},{\"a\":3}],\"examined\":700,\"nextCursor\":\"m\"}\n",
                run("audit", "--action", "device", "--limit", "3", "--json").out());
        String whole =
                run("audit", "--action", "device", "--limit", "600", "--json").out();
        assertTrue(whole.endsWith("],\"examined\":20700,\"nextCursor\":\"n\"}\n"), whole);
    }

    @Test
    void selectWhatIsExported() {
        server.on(
                "GET /history/export?from=2026-11-30T00%3A00%3A00Z&actor=host&device=" + ID,
                200,
                "{\"format\":\"panocrypt-history-selection-1\"}\n{}\n");
        Ran ran = run("history", "export", "--from", "2026-11-30", "--actor", "host", "--device", "web1");
        assertEquals(new Ran(0, "{\"format\":\"panocrypt-history-selection-1\"}\n{}\n", ""), ran);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history list --from yesterday",
                "history list --from 2026-13-01",
                "history list --to 2026-11-30T18:00",
                "audit --from -1h",
                "audit --from 99999999999999d",
                "history export --to 2026-11-30T18:00:00"
            })
    void refuseOtherTimes(String command) {
        Ran ran = runAsTyped(words(command));
        assertEquals(2, ran.exitCode(), ran.out());
        assertTrue(ran.err().contains("2026-11-30T18:00:00Z") || ran.err().contains("--from"), ran.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history list --from 2026-11-30 --to 2026-11-30",
                "history export --outcome denied --actor host",
                "audit --from 1h --to 2h"
            })
    void refuseWhatCanFitNothing(String command) {
        Ran ran = run(words(command));
        assertEquals(2, ran.exitCode(), ran.out());
        assertEquals(0, server.lines().size());
    }
}
