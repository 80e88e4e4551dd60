package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputTest extends CliFixture {
    @Test
    void printsTheBindCommandAsTheLastLineAndWarningsOnStandardError() {
        server.on("POST /devices", 201, DEVICE.replace("\"warnings\":[]", "\"warnings\":[\"https needs dracut\"]"));
        assertEquals(new Ran(0, """
                        id          abc234
                        name        web1
                        state       active
                        unlock URL  http://h/u/t
                        thumbprint  thp

                        clevis luks bind -d /dev/... tang '{"url":"http://h/u/t","thp":"thp"}'
                        """, "warning: https needs dracut\n"), run("device", "add", "web1"));
    }

    /** Notes come from other people, and ESC is not the only control character. */
    @Test
    void printsJsonOfEqualValueThatSteersNoTerminal() throws Exception {
        String notes =
                "a\u007fb\u0080\u009b31mc\u202ed\u2066e\u2069f\u200eg\u200fh\u2028i\u2029j\ufeffk\u00ad \u00fc\ud83d\ude00";
        String answer = DEVICE.replace("rack 4", notes + "\\u001b[31m\\ud800");
        server.on("GET /devices/web1", 200, answer);
        String out = run("device", "show", "web1", "--json").out();
        assertTrue(out.strip().codePoints().allMatch(OutputTest::isHarmless), out);
        assertTrue(out.contains("\u00fc\ud83d\ude00"), "what steers nothing stays readable");
        assertEquals(new ObjectMapper().readTree(answer), new ObjectMapper().readTree(out));
        assertTrue(run("device", "show", "web1")
                .out()
                .replace("\n", "")
                .codePoints()
                .allMatch(OutputTest::isHarmless));
    }

    private static boolean isHarmless(int c) {
        return !Character.isISOControl(c)
                && Character.getType(c) != Character.FORMAT
                && Character.getType(c) != Character.SURROGATE
                && c != 0x2028
                && c != 0x2029;
    }

    @Test
    void printsPagesPutTogetherAndRefusalsHarmlesslyToo() throws Exception {
        String notes = DEVICE.replace("rack 4", "\u009b\u202e\\ud800");
        server.on("GET /devices?limit=500", 200, "{\"items\":[" + notes + "],\"nextCursor\":\"n\"}");
        server.on("GET /devices?limit=500&cursor=n", 200, "{\"items\":[" + notes + "],\"nextCursor\":null}");
        String out = run("device", "list", "--json").out();
        assertTrue(out.strip().codePoints().allMatch(OutputTest::isHarmless), out);
        assertEquals(2, new ObjectMapper().readTree(out).path("items").size());
        server.on("POST /devices", 400, "{\"title\":\"\u202eBad\u009b\",\"problems\":[\"a\u200fb\\u001b[2J\"]}");
        String err = run("device", "add", "web1").err();
        assertTrue(err.replace("\n", "").codePoints().allMatch(OutputTest::isHarmless), err);
    }

    @Test
    void printsADevice() {
        assertEquals("""
                id            abc234
                name          web1
                state         active
                tags          prod,site=izmir
                sources       192.0.2.0/28
                lists         l1
                approval      required by itself
                open sources  not acknowledged
                volumes       2
                notes         rack 4
                unlock URL    http://h/u/t
                thumbprint    thp
                curve         P-521
                custody       default
                keys 1        k1 in pkcs11 (hidden)
                keys 2        k2
                created       2026-11-22T04:00:00Z
                last seen
                last unlock
                version       7

                clevis luks bind -d /dev/... tang '{"url":"http://h/u/t","thp":"thp"}'
                """, run("device", "show", "web1").out());
    }

    /** The answer to an edit has no times of use; a moment ago they were known. */
    @Test
    void printsAnEditedDeviceAsShowDoes() {
        String used = DEVICE.replace("\"lastSeen\":null", "\"lastSeen\":\"2026-11-22T05:00:00Z\"");
        String edited = DEVICE.replace("\"lastSeen\":null,\"lastUnlock\":null,", "");
        server.on("GET /devices/web1", 200, used).on("PATCH /devices/" + ID, 200, edited);
        assertEquals(
                run("device", "show", "web1").out(),
                run("device", "edit", "web1", "--notes", "x").out());
        assertEquals(
                edited + "\n",
                run("device", "edit", "web1", "--notes", "x", "--json").out());
    }

    @Test
    void printsDevicesInAlignedColumns() {
        server.on(
                "GET /devices?limit=500",
                200,
                "{\"items\":[" + DEVICE + ",{\"id\":\"x\",\"name\":\"a-longer-name\",\"state\":\"revoked\","
                        + "\"sources\":[\"192.0.2.9/32\",\"2001:db8::/64\"]}],\"nextCursor\":null}");
        assertEquals("""
                ID      NAME           STATE    APPROVAL  TAGS             SOURCES
                abc234  web1           active   itself    prod,site=izmir  192.0.2.0/28 +1 list
                x       a-longer-name  revoked  no                         192.0.2.9/32,2001:db8::/64
                """, run("device", "list", "--wide").out());
        assertEquals("""
                NAME           STATE    APPROVAL  TAGS
                web1           active   itself    prod,site=izmir
                a-longer-name  revoked  no
                """, run("device", "list").out());
    }

    @Test
    void printsAnAllowance() {
        server.on(
                "POST /devices/abc234/allowances",
                201,
                "{\"id\":\"a1\",\"uses\":2,\"usesLeft\":2,\"skips\":[\"disabled\",\"source\"],\"source\":\"any\","
                        + "\"expires\":\"2026-11-22T05:00:00Z\"}");
        assertEquals("""
                ID  LEFT  SKIPS            EXPIRES
                a1  2     disabled,source  2026-11-22T05:00:00Z
                """, run("device", "allow", "web1").out());
    }

    @Test
    void printsWhichGateDecides() {
        server.on(
                "POST /devices/abc234/dry-run",
                200,
                "{\"outcome\":\"denied\",\"reason\":\"source-not-allowed\",\"gates\":[{\"gate\":\"key\",\"result\":"
                        + "\"pass\"},{\"gate\":\"source\",\"result\":\"fail\"}],\"warnings\":[\"wide\"]}");
        assertEquals(new Ran(0, """
                        outcome  denied
                        reason   source-not-allowed

                        GATE    RESULT
                        key     pass
                        source  fail
                        """, "warning: wide\n"), run("device", "dry-run", "web1", "--source", "192.0.2.99"));
    }

    @Test
    void printsWhatARuleSays() {
        server.on(
                "POST /devices/abc234/dry-run",
                200,
                "{\"outcome\":\"denied\",\"reason\":\"rule:night\",\"gates\":[{\"gate\":\"rule\",\"result\":"
                        + "\"fail\"}],\"rule\":{\"name\":\"night\",\"reason\":\"too late\"},\"warnings\":[]}");
        assertEquals(
                """
                outcome  denied
                reason   rule:night
                rule     night: too late

                GATE  RESULT
                rule  fail
                """, run("device", "dry-run", "web1", "--source", "192.0.2.99").out());
    }

    @Test
    void printsHistoryWithTheNamesOfItsDevices() {
        server.on(
                "GET /history?limit=50",
                200,
                "{\"items\":[{\"time\":\"2026-11-22T04:00:00Z\",\"device\":\"abc234\",\"source\":\"192.0.2.1\","
                        + "\"outcome\":\"allowed\",\"reason\":\"allowed-once\",\"count\":1,\"spent\":\"a1\","
                        + "\"rule\":{\"name\":\"night\",\"reason\":\"too late\"},\"note\":\"\"},{\"time\":\"2026-11-22T03:00:00Z\",\"device\":\"gone\",\"source\":null,"
                        + "\"outcome\":\"denied\",\"reason\":\"disabled\",\"count\":12,\"spent\":null,"
                        + "\"note\":\"n\"},{\"time\":\"2026-11-22T02:00:00Z\",\"device\":\"abc234\","
                        + "\"outcome\":\"denied\",\"reason\":\"disabled\",\"count\":1}],\"nextCursor\":null}");
        assertEquals("""
                TIME                  DEVICE  SOURCE     OUTCOME  REASON        COUNT  SPENT  RULE             NOTE
                2026-11-22T04:00:00Z  web1    192.0.2.1  allowed  allowed-once  1      a1     night: too late
                2026-11-22T03:00:00Z  gone               denied   disabled      12                             n
                2026-11-22T02:00:00Z  web1               denied   disabled      1
                """, run("history", "list", "--wide").out());
    }

    @Test
    void printsLockdowns() {
        server.on(
                "GET /lockdowns?limit=500",
                200,
                "{\"items\":[{\"id\":\"x1\",\"created\":\"2026-11-22T04:00:00Z\",\"tags\":[],\"reason\":\"theft\"},"
                        + "{\"id\":\"x2\",\"created\":\"2026-11-22T04:00:00Z\",\"tags\":[\"a\",\"b\"],"
                        + "\"reason\":\"drill\"}]}");
        assertEquals("""
                ID  CREATED               DEVICES  REASON
                x1  2026-11-22T04:00:00Z  all      theft
                x2  2026-11-22T04:00:00Z  a,b      drill
                """, run("lockdown", "list", "--wide").out());
    }

    @Test
    void keepsOtherPeoplesTextFromSteeringTheTerminal() {
        server.on(
                "GET /lockdowns?limit=500",
                200,
                "{\"items\":[{\"id\":\"x1\",\"created\":\"t\",\"tags\":[],"
                        + "\"reason\":\"a\\u001b[2Jb\\nc\\u202ed\\u009be\"}]}");
        String out = run("lockdown", "list").out();
        assertTrue(out.endsWith("a?[2Jb?c?d?e\n"), out);
    }

    @Test
    void printsTheAnswersJsonAsItIs() {
        String odd = "{ \"name\":\"web1\",  \"id\" : \"abc234\", \"new\":1.50 }";
        server.on("GET /devices/web1", 200, odd);
        assertEquals(new Ran(0, odd + "\n", ""), run("device", "show", "web1", "--json"));
    }

    @Test
    void printsSeveralPagesAsOneJsonList() {
        server.on("GET /history?limit=3", 200, "{\"items\":[{\"a\":1},{\"a\":2}],\"nextCursor\":\"n\"}")
                .on("GET /history?limit=1&cursor=n", 200, "{\"items\":[{\"a\":3}],\"nextCursor\":\"m\"}");
        assertEquals(
                "{\"items\":[{\"a\":1},{\"a\":2},{\"a\":3}],\"nextCursor\":\"m\"}\n",
                run("history", "list", "--limit", "3", "--json").out());
    }

    @Test
    void printsAnEmptyObjectWhereTheServerAnswersNothing() {
        server.on("DELETE /lockdowns/x1", 204, "");
        assertEquals(new Ran(0, "{}\n", ""), run("lockdown", "lift", "x1", "--json"));
    }

    /** Names with the same beginning often differ only at the end. */
    @Test
    void cutsLongCellsInTheMiddle() {
        String long1 = "frontend-web-server-of-the-southern-data-centre.rack-17.node-04";
        String long2 = "frontend-web-server-of-the-southern-data-centre.rack-17.node-05";
        String items = DEVICE.replace("web1", long1) + "," + DEVICE.replace("web1", long2);
        server.on("GET /devices?limit=500", 200, "{\"items\":[" + items + "],\"nextCursor\":null}");
        assertEquals("""
                NAME                                           STATE   APPROVAL  TAGS
                frontend-web-server-o...entre.rack-17.node-04  active  itself    prod,site=izmir
                frontend-web-server-o...entre.rack-17.node-05  active  itself    prod,site=izmir
                """, run("device", "list").out());
    }

    @Test
    void goesOnBelowWhereAListIsLong() {
        String tags = "\"environment=production\",\"site=southern-data-centre\",\"rack=17\",\"owner=platform\"";
        server.on("GET /devices/web1", 200, DEVICE.replace("\"prod\",\"site=izmir\"", tags));
        assertTrue(
                run("device", "show", "web1").out().contains("""
                tags          environment=production,site=southern-data-centre,rack=17,
                              owner=platform
                """),
                run("device", "show", "web1").out());
    }

    /** A device covered by an approval group waits too, whatever its own settings. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true | true | 1 | itself,on-call,night | required by itself, group on-call, group night | 1",
                "false | true | 2 | on-call,night | required by group on-call, group night | 2",
                "false | false | 5 | on-call,night (nobody can) | required by group on-call, group night"
                        + " | 5: nobody can approve it now"
            })
    void tellsWhatAsksForApproval(
            boolean byItself, boolean reachable, int quorum, String brief, String whole, String agree) {
        String approval = "\"approval\":{\"needed\":true,\"byItself\":" + byItself
                + ",\"groups\":[{\"name\":\"on-call\"},"
                + "{\"name\":\"night\"}],\"approvers\":[{\"name\":\"eva\"},{\"name\":\"bob\"}],\"quorum\":" + quorum
                + ",\"reachable\":" + reachable + "},\"requireApproval\":" + byItself;
        String device = DEVICE.replace("\"requireApproval\":true", approval);
        server.on("GET /devices/web1", 200, device)
                .on("GET /devices?limit=500", 200, "{\"items\":[" + device + "],\"nextCursor\":null}");
        String shown = run("device", "show", "web1").out();
        assertTrue(
                shown.contains("approval      " + whole + "\napprovers     eva,bob\nmust agree    " + agree + "\n"),
                shown);
        assertEquals(
                "web1  active  " + brief + "  prod,site=izmir",
                run("device", "list").out().lines().toList().get(1));
    }

    @Test
    void saysThatNoApprovalIsNeededOnlyWhereNothingAsksForIt() {
        server.on(
                "GET /devices/web1",
                200,
                DEVICE.replace(
                        "\"requireApproval\":true",
                        "\"requireApproval\":false,\"approval\":{\"needed\":false,\"byItself\":false,\"groups\":[],"
                                + "\"approvers\":[],\"quorum\":1,\"reachable\":true}"));
        String shown = run("device", "show", "web1").out();
        assertTrue(shown.contains("approval      not required\nopen sources"), shown);
    }

    @Test
    void printsWebhooksAndWhatCouldNotBeDelivered() {
        server.on(
                "GET /webhooks?limit=500",
                200,
                "{\"items\":[{\"id\":\"w1\",\"url\":\"https://h.example\",\"events\":[],\"closed\":false,"
                        + "\"dead\":{\"count\":3,\"cause\":\"HTTP 404\",\"died\":\"2026-11-22T04:00:00.5Z\"}},"
                        + "{\"id\":\"w2\",\"url\":\"https://h.example\",\"events\":[],\"closed\":true,"
                        + "\"dead\":{\"count\":0,\"cause\":null,\"died\":null}}]}");
        assertEquals("""
                ID  URL                EVENTS  STATE   DEAD  LAST FAILURE
                w1  https://h.example  all     open    3     2026-11-22T04:00:00Z HTTP 404
                w2  https://h.example  all     closed  0
                """, run("webhook", "list", "--wide").out());
    }

    @Test
    void printsTheSecretOfAWebhookAloneAndItsIdBeside() {
        server.on("POST /webhooks", 201, "{\"id\":\"w1\",\"secret\":\"whsec_x\"}");
        assertEquals(
                new Ran(
                        0,
                        "whsec_x\n",
                        "webhook id w1\nThe secret signs what is posted to https://h.example. It is not shown again.\n"),
                run("webhook", "add", "https://h.example"));
    }
}
