package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class OperatorCommandsTest {
    private static final String TOKEN = "Secret-Token.123";
    private static final String ID = "abc234";
    private static final String DEVICE = "{\"id\":\"abc234\",\"name\":\"web1\",\"state\":\"ACTIVE\","
            + "\"unlockUrl\":\"http://h/u/t\",\"thumbprint\":\"thp\",\"bindCommand\":\"clevis luks bind -d /dev/... tang"
            + " '{\\\"url\\\":\\\"http://h/u/t\\\",\\\"thp\\\":\\\"thp\\\"}'\",\"tags\":[\"prod\",\"site=izmir\"],"
            + "\"sources\":[\"192.0.2.0/28\"],\"networkAccessLists\":[\"l1\"],\"requireApproval\":true,"
            + "\"acknowledgeOpen\":false,\"volumes\":2,\"notes\":\"rack 4\",\"curve\":\"P-521\","
            + "\"keys\":[{\"generation\":1,\"hidden\":true,\"exchange\":\"k1\"},"
            + "{\"generation\":2,\"hidden\":false,\"exchange\":\"k2\"}],"
            + "\"created\":\"2026-11-22T04:00:00Z\",\"lastSeen\":null,\"lastUnlock\":null,\"warnings\":[],\"version\":7}";

    /** What a command did. */
    private record Ran(int exitCode, String out, String err) {}

    @Command(name = "panocrypt")
    static final class Root {
        public static void main(String... args) {
            CommandLine root = new CommandLine(new Root());
            OperatorCommands.addTo(root);
            System.exit(root.execute(args));
        }
    }

    @TempDir
    Path dir = Path.of("");

    private final Locale usual = Locale.getDefault();
    private Path tokenFile = Path.of("");
    private StubServer server;

    @BeforeEach
    void start() throws IOException {
        // Its lower case of I is not i; set here because a system property of the test plugin comes too late.
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        tokenFile = Files.writeString(dir.resolve("token"), "\n " + TOKEN + " \n");
        server = new StubServer().on("GET /devices/web1", 200, DEVICE).on("GET /devices/" + ID, 200, DEVICE);
    }

    @AfterEach
    void stop() {
        Locale.setDefault(usual);
        server.close();
    }

    private Ran run(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--url", server.url(), "--token-file", tokenFile.toString()));
        return runAsTyped(all.toArray(String[]::new));
    }

    private Ran runAsTyped(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine root = new CommandLine(new Root());
        OperatorCommands.addTo(root);
        root.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = root.execute(args);
        String seen = out + "" + err;
        assertFalse(seen.contains(TOKEN), "the token was printed");
        return new Ran(exitCode, out.toString(), err.toString());
    }

    private static String[] words(String line) {
        return line.split(" ");
    }

    private static void assertDone(Ran ran) {
        assertEquals(0, ran.exitCode(), ran.err());
    }

    @Nested
    class Requests {
        /** Each command, the last request it makes, and that request's body. */
        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "device add web2 | POST /devices | {\"name\":\"web2\"}",
                    "device add web2 --source 192.0.2.0/28 --source 2001:db8::/64 --tag prod --tag site=izmir --volumes 2"
                            + " --require-approval --acknowledge-open --curve P-256 --notes rack4 | POST /devices |"
                            + " {\"name\":\"web2\",\"sources\":[\"192.0.2.0/28\",\"2001:db8::/64\"],"
                            + "\"tags\":[\"prod\",\"site=izmir\"],\"volumes\":2,\"requireApproval\":true,"
                            + "\"acknowledgeOpen\":true,\"curve\":\"P-256\",\"notes\":\"rack4\"}",
                    "device add web2 --list l1 | POST /devices | {\"name\":\"web2\",\"networkAccessLists\":[\"l1\"]}",
                    "device list | GET /devices?limit=500 | ``",
                    "device list --tag site=izmir --state ACTIVE --q web"
                            + " | GET /devices?tag=site%3Dizmir&state=ACTIVE&q=web&limit=500 | ``",
                    "device show web1 | GET /devices/web1 | ``",
                    "device edit web1 --name web9 --no-require-approval --confirm | PATCH /devices/abc234 |"
                            + " {\"name\":\"web9\",\"requireApproval\":false,\"confirm\":true}",
                    "device edit web1 --no-sources --no-tags --no-lists --no-acknowledge-open | PATCH /devices/abc234 |"
                            + " {\"sources\":[],\"tags\":[],\"networkAccessLists\":[],\"acknowledgeOpen\":false}",
                    "device disable web1 | POST /devices/abc234/disable | {}",
                    "device enable web1 | POST /devices/abc234/enable | {}",
                    "device confirm web1 | POST /devices/abc234/confirm | {}",
                    "device rotate-keys web1 | POST /devices/abc234/rotate-keys | {}",
                    "device revoke web1 --confirm web1 | POST /devices/abc234/revoke | {\"confirm\":\"web1\"}",
                    "device allow web1 | POST /devices/abc234/allowances | {}",
                    "device allow web1 --uses 3 --expires-in P1D --source any --skip disabled,source | POST"
                            + " /devices/abc234/allowances | {\"uses\":3,\"expiresIn\":\"PT24H\",\"source\":\"any\","
                            + "\"skips\":[\"disabled\",\"source\"]}",
                    "device allowances web1 | GET /devices/abc234/allowances?limit=500 | ``",
                    "device cancel-allowance web1 a/1 | DELETE /devices/abc234/allowances/a%2F1 | ``",
                    "device lift-deny web1 | DELETE /devices/abc234/temporary-deny | ``",
                    "device dry-run web1 --source 192.0.2.9 | POST /devices/abc234/dry-run |"
                            + " {\"source\":\"192.0.2.9\"}",
                    "history list --limit 7 | GET /history?limit=7 | ``",
                    "history list --device web1 | GET /devices/abc234/history?limit=50 | ``",
                    "history verify | POST /history/verify | {}",
                    "audit --limit 3 | GET /audit?limit=3 | ``",
                    "list add office --cidr 192.0.2.0/28 --cidr 2001:db8::/64 --acknowledge-open | POST"
                            + " /network-access-lists | {\"name\":\"office\",\"cidrs\":[\"192.0.2.0/28\","
                            + "\"2001:db8::/64\"],\"acknowledgeOpen\":true}",
                    "list list | GET /network-access-lists?limit=500 | ``",
                    "list show office | GET /network-access-lists/l1 | ``",
                    "list edit office --name hq --cidr 192.0.2.0/29 --no-acknowledge-open | PATCH"
                            + " /network-access-lists/l1 | {\"name\":\"hq\",\"cidrs\":[\"192.0.2.0/29\"],"
                            + "\"acknowledgeOpen\":false}",
                    "list edit l1 --no-cidrs | PATCH /network-access-lists/l1 | {\"cidrs\":[]}",
                    "list delete office | DELETE /network-access-lists/l1 | ``",
                    "lockdown start --tag prod --reason drill | POST /lockdowns |"
                            + " {\"tags\":[\"prod\"],\"reason\":\"drill\"}",
                    "lockdown start --reason drill | POST /lockdowns | {\"tags\":[],\"reason\":\"drill\"}",
                    "lockdown list | GET /lockdowns?limit=500 | ``",
                    "lockdown lift x1 | DELETE /lockdowns/x1 | ``",
                })
        void asksTheServerAsItsInterfaceSays(String command, String line, String body) {
            String list = "{\"id\":\"l1\",\"name\":\"office\",\"cidrs\":[],\"acknowledgeOpen\":false,\"version\":4}";
            server.on("GET /network-access-lists/l1", 200, list)
                    .on("GET /network-access-lists?limit=500", 200, "{\"items\":[" + list + "],\"nextCursor\":null}");
            String answer = line.startsWith("DELETE")
                    ? ""
                    : line.equals("GET /network-access-lists?limit=500")
                            ? "{\"items\":[" + list + "]}"
                            : line.startsWith("GET /network-access-lists/")
                                    ? list
                                    : line.contains("limit=")
                                            ? "{\"items\":[]}"
                                            : line.contains("verify") ? "{\"intact\":true,\"rows\":3}" : DEVICE;
            server.on(line, answer.isEmpty() ? 204 : line.startsWith("POST") ? 201 : 200, answer);

            assertDone(run(words(command)));
            assertAll(
                    () -> assertEquals(line, server.last().line()),
                    () -> assertEquals(body, server.last().body()),
                    () -> assertEquals(
                            line.startsWith("PATCH") ? line.contains("devices") ? "\"7\"" : "\"4\"" : null,
                            server.last().ifMatch()),
                    () -> server.asked().forEach(asked -> assertEquals("Bearer " + TOKEN, asked.authorization())));
        }

        @Test
        void resolvesTheNamesOfListsOfADevice() {
            server.on("GET /network-access-lists?limit=500", 200, "{\"items\":[{\"id\":\"l7\",\"name\":\"office\"}]}")
                    .on("GET /network-access-lists/l7", 200, "{\"id\":\"l7\",\"name\":\"office\"}")
                    .on("POST /devices", 201, DEVICE);
            assertDone(run("device", "add", "web2", "--list", "office"));
            assertEquals(
                    "{\"name\":\"web2\",\"networkAccessLists\":[\"l7\"]}",
                    server.last().body());
        }

        @Test
        void keepsAPathBeforeTheInterface() {
            Ran ran = runAsTyped(
                    "device", "show", "x", "--url", server.url() + "/ctx//", "--token-file", tokenFile.toString());
            assertEquals(1, ran.exitCode());
            assertEquals("GET outside /ctx/api/v1/devices/x", server.lines().get(0));
        }
    }

    @Nested
    class NamesOfDevices {
        private String item(String id, String name, String state) {
            return "{\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"state\":\"" + state + "\"}";
        }

        @Test
        void findsTheExactNameBehindSeveralPages() {
            server.on(
                            "GET /devices?q=web&limit=500",
                            200,
                            "{\"items\":[" + item("x1", "web11", "ACTIVE") + "],\"nextCursor\":\"c=1\"}")
                    .on(
                            "GET /devices?q=web&limit=500&cursor=c%3D1",
                            200, "{\"items\":[" + item("x2", "web", "ACTIVE") + "],\"nextCursor\":null}")
                    .on("GET /devices/x2", 200, item("x2", "web", "ACTIVE"))
                    .on("POST /devices/x2/disable", 200, item("x2", "web", "DISABLED"));
            Ran ran = run("device", "disable", "web");
            assertDone(ran);
            assertEquals("x2  web  DISABLED\n", ran.out());
        }

        @Test
        void neverAsksForANameWithDotsAsAnId() {
            server.on(
                            "GET /devices?q=web1.example&limit=500",
                            200,
                            "{\"items\":[" + item(ID, "web1.example", "ACTIVE") + "]}")
                    .on("POST /devices/abc234/enable", 200, DEVICE);
            assertDone(run("device", "enable", "web1.example"));
            assertEquals(
                    List.of(
                            "GET /devices?q=web1.example&limit=500",
                            "GET /devices/abc234",
                            "POST /devices/abc234/enable"),
                    server.lines());
        }

        @Test
        void prefersTheLiveDeviceToRevokedNamesakes() {
            server.on(
                    "GET /devices?q=web&limit=500",
                    200,
                    "{\"items\":[" + item("x1", "web", "REVOKED") + "," + item(ID, "web", "DISABLED") + ","
                            + item("x3", "web", "REVOKED") + "]}");
            assertDone(run("device", "show", "web"));
            assertEquals("GET /devices/abc234", server.last().line());
        }

        @Test
        void asksForAnIdWhereSeveralRevokedDevicesShareTheName() {
            server.on(
                    "GET /devices?q=web&limit=500",
                    200,
                    "{\"items\":[" + item("x1", "web", "REVOKED") + "," + item("x3", "web", "REVOKED") + "]}");
            assertEquals(
                    new Ran(1, "", "2 devices have the name web; name one by its id: x1, x3\n"),
                    run("device", "show", "web"));
        }

        @Test
        void saysThatThereIsNoSuchDevice() {
            server.on("GET /devices?q=web&limit=500", 200, "{\"items\":[" + item("x1", "web2", "ACTIVE") + "]}");
            assertEquals(new Ran(1, "", "there is no device web\n"), run("device", "disable", "web"));
        }
    }

    @Nested
    class Output {
        @Test
        void printsTheBindCommandAsTheLastLineAndWarningsOnStandardError() {
            server.on("POST /devices", 201, DEVICE.replace("\"warnings\":[]", "\"warnings\":[\"https needs dracut\"]"));
            assertEquals(new Ran(0, """
                            id          abc234
                            name        web1
                            state       ACTIVE
                            unlock URL  http://h/u/t
                            thumbprint  thp

                            clevis luks bind -d /dev/... tang '{"url":"http://h/u/t","thp":"thp"}'
                            """, "warning: https needs dracut\n"), run("device", "add", "web1"));
        }

        @Test
        void printsADevice() {
            assertEquals("""
                    id            abc234
                    name          web1
                    state         ACTIVE
                    tags          prod,site=izmir
                    sources       192.0.2.0/28
                    lists         l1
                    approval      required
                    open sources
                    volumes       2
                    notes         rack 4
                    unlock URL    http://h/u/t
                    thumbprint    thp
                    curve         P-521
                    keys 1        k1 (hidden)
                    keys 2        k2
                    created       2026-11-22T04:00:00Z
                    last seen
                    last unlock
                    version       7

                    clevis luks bind -d /dev/... tang '{"url":"http://h/u/t","thp":"thp"}'
                    """, run("device", "show", "web1").out());
        }

        @Test
        void printsDevicesInAlignedColumns() {
            server.on(
                    "GET /devices?limit=500",
                    200,
                    "{\"items\":[" + DEVICE + ",{\"id\":\"x\",\"name\":\"a-longer-name\",\"state\":\"REVOKED\","
                            + "\"sources\":[\"192.0.2.9/32\",\"2001:db8::/64\"]}],\"nextCursor\":null}");
            assertEquals("""
                    ID      NAME           STATE    APPROVAL  TAGS             SOURCES
                    abc234  web1           ACTIVE   yes       prod,site=izmir  192.0.2.0/28 +1 list
                    x       a-longer-name  REVOKED  no                         192.0.2.9/32,2001:db8::/64
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
                    ID  USES  LEFT  SKIPS            SOURCE  EXPIRES
                    a1  2     2     disabled,source  any     2026-11-22T05:00:00Z
                    """, run("device", "allow", "web1").out());
        }

        @Test
        void printsWhichGateDecides() {
            server.on(
                    "POST /devices/abc234/dry-run",
                    200,
                    "{\"outcome\":\"denied\",\"reason\":\"source-not-allowed\",\"gates\":[{\"gate\":\"key\",\"result\":"
                            + "\"pass\"},{\"gate\":\"source\",\"result\":\"fail\"}],\"warnings\":[\"wide\"]}");
            assertEquals(
                    new Ran(0, """
                            outcome  denied
                            reason   source-not-allowed

                            GATE    RESULT
                            key     pass
                            source  fail
                            """, "warning: wide\n"), run("device", "dry-run", "web1", "--source", "192.0.2.99"));
        }

        @Test
        void printsHistoryWithTheNamesOfItsDevices() {
            server.on(
                    "GET /history?limit=50",
                    200,
                    "{\"items\":[{\"time\":\"2026-11-22T04:00:00Z\",\"device\":\"abc234\",\"source\":\"192.0.2.1\","
                            + "\"outcome\":\"allowed\",\"reason\":\"allowed-once\",\"count\":1,\"spent\":\"a1\","
                            + "\"note\":\"\"},{\"time\":\"2026-11-22T03:00:00Z\",\"device\":\"gone\",\"source\":null,"
                            + "\"outcome\":\"denied\",\"reason\":\"disabled\",\"count\":12,\"spent\":null,"
                            + "\"note\":\"n\"},{\"time\":\"2026-11-22T02:00:00Z\",\"device\":\"abc234\","
                            + "\"outcome\":\"denied\",\"reason\":\"disabled\",\"count\":1}],\"nextCursor\":null}");
            assertEquals("""
                    TIME                  DEVICE  SOURCE     OUTCOME  REASON        COUNT  SPENT  NOTE
                    2026-11-22T04:00:00Z  web1    192.0.2.1  allowed  allowed-once  1      a1
                    2026-11-22T03:00:00Z  gone               denied   disabled      12            n
                    2026-11-22T02:00:00Z  web1               denied   disabled      1
                    """, run("history", "list").out());
        }

        @Test
        void printsWhatAnEditChanged() {
            server.on(
                    "GET /audit?limit=50",
                    200,
                    "{\"items\":[{\"time\":\"2026-11-22T04:00:00Z\",\"actor\":\"m1\",\"action\":\"device.edit\","
                            + "\"objectId\":\"abc234\",\"before\":{\"name\":\"a\",\"volumes\":1,\"version\":1},"
                            + "\"after\":{\"name\":\"a\",\"volumes\":2,\"version\":2,\"notes\":\"n\"}},"
                            + "{\"time\":\"2026-11-22T03:00:00Z\",\"actor\":\"m1\",\"action\":\"device.create\","
                            + "\"objectId\":\"abc234\",\"before\":null,\"after\":{\"name\":\"a\"}}]}");
            assertEquals("""
                    TIME                  ACTOR  ACTION         OBJECT  CHANGED
                    2026-11-22T04:00:00Z  m1     device.edit    abc234  notes,volumes
                    2026-11-22T03:00:00Z  m1     device.create  abc234
                    """, run("audit").out());
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
                    """, run("lockdown", "list").out());
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
        void printsNoJsonWhereTheServerAnswersNone() {
            server.on("DELETE /lockdowns/x1", 204, "");
            assertEquals(new Ran(0, "", ""), run("lockdown", "lift", "x1", "--json"));
        }
    }

    @Nested
    class ExitCodes {
        @Test
        void isOneWithTheProblemWhereTheServerRefuses() {
            server.on(
                    "POST /devices",
                    409,
                    "{\"title\":\"Conflict\",\"status\":409,\"problems\":[\"the name web1 is taken\",\"and more\"]}");
            assertEquals(
                    new Ran(1, "", "refused: Conflict (409)\n  the name web1 is taken\n  and more\n"),
                    run("device", "add", "web1"));
        }

        @ParameterizedTest
        @CsvSource({"400", "401", "403", "412", "428", "500", "503"})
        void isOneForEachRefusalEvenWithoutAProblem(int status) {
            server.on("GET /audit?limit=50", status, "<html>");
            assertEquals(new Ran(1, "", "refused: HTTP " + status + " (" + status + ")\n"), run("audit"));
        }

        @Test
        void isOneWhereTheHistoryIsNotIntact() {
            server.on(
                    "POST /history/verify",
                    200,
                    "{\"intact\":false,\"rows\":9,\"brokenAt\":{\"chain\":\"n1\",\"sequence\":4,\"problem\":\"gap\"}}");
            assertEquals(
                    new Ran(1, "", "the history is NOT intact, broken at chain n1, row 4: gap\n"),
                    run("history", "verify"));
        }

        @Test
        void isZeroWhereTheHistoryIsIntact() {
            server.on("POST /history/verify", 200, "{\"intact\":true,\"rows\":9,\"brokenAt\":null}");
            assertEquals(new Ran(0, "intact  9 rows\n", ""), run("history", "verify"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "device",
                    "history",
                    "device frobnicate",
                    "device add",
                    "device show",
                    "device add web1 --volumes many",
                    "device revoke web1",
                    "device dry-run web1",
                    "device allow web1 --expires-in soon",
                    "device edit web1",
                    "device edit web1 --confirm",
                    "device edit web1 --tag a --no-tags",
                    "list edit office",
                    "list edit office --cidr 192.0.2.0/28 --no-cidrs",
                    "history list --limit 0",
                    "audit --limit -1",
                    "lockdown start"
                })
        void isTwoForWrongUsageAndNothingIsAsked(String command) {
            Ran ran = runAsTyped(words(command));
            assertAll(
                    () -> assertEquals(2, ran.exitCode()),
                    () -> assertEquals("", ran.out()),
                    () -> assertFalse(ran.err().isBlank()),
                    () -> assertEquals(List.of(), server.lines()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "127.0.0.1:8080",
                    "ftp://127.0.0.1",
                    "http://",
                    "http://u:p@127.0.0.1",
                    "http://h/?a=b",
                    "http://h/#f",
                    "http://h h/",
                    ""
                })
        void isTwoForAUrlThatIsNone(String url) {
            Ran ran = runAsTyped("audit", "--url", url, "--token-file", tokenFile.toString());
            assertEquals(2, ran.exitCode());
            assertTrue(ran.err().startsWith("--url "), ran.err());
        }

        @Test
        void isThreeWhereNothingListens() throws IOException {
            int port;
            try (ServerSocket closedAtOnce = new ServerSocket(0)) {
                port = closedAtOnce.getLocalPort();
            }
            String url = "http://127.0.0.1:" + port;
            assertEquals(
                    new Ran(3, "", "cannot reach " + url + ": no connection; does the server run?\n"),
                    runAsTyped("audit", "--url", url, "--token-file", tokenFile.toString()));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {"200 | <html>", "200 | {} trailing", "200 | {}", "302 | {}", "200 | []"})
        void isThreeWhereSomethingElseAnswers(int status, String body) {
            server.on("GET /audit?limit=50", status, body);
            Ran ran = run("audit");
            assertEquals(3, ran.exitCode());
            assertTrue(ran.err().startsWith("cannot reach a Panocrypt server: " + server.url()), ran.err());
            assertEquals(1, server.lines().size(), "a redirect is not followed");
        }

        @Test
        void isThreeWhereAListNeverEnds() {
            server.on("GET /devices?limit=500", 200, "{\"items\":[],\"nextCursor\":\"c\"}")
                    .on("GET /devices?limit=500&cursor=c", 200, "{\"items\":[],\"nextCursor\":\"c\"}");
            assertEquals(3, run("device", "list").exitCode());
        }
    }

    @Nested
    class TokenFile {
        @Test
        void isNamedWhereItIsMissing() {
            Path missing = dir.resolve("nowhere");
            assertEquals(
                    new Ran(
                            2,
                            "",
                            "there is no token file " + missing
                                    + "; name yours with --token-file or PANOCRYPT_TOKEN_FILE\n"),
                    runAsTyped("audit", "--url", server.url(), "--token-file", missing.toString()));
        }

        @Test
        void isNamedWhereItCannotBeRead() {
            Ran ran = runAsTyped("audit", "--url", server.url(), "--token-file", dir.toString());
            assertEquals(2, ran.exitCode());
            assertTrue(ran.err().startsWith("the token file " + dir + " cannot be read: "), ran.err());
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "\n", "Secret-Token.123\nX-More: header", "Secret-Token.123 b", "g\u0131zli"})
        void isRefusedUnprintedWhereItHoldsNoSingleToken(String content) throws IOException {
            Files.writeString(tokenFile, content, StandardCharsets.UTF_8);
            assertEquals(new Ran(2, "", "the token file " + tokenFile + " does not hold one token\n"), run("audit"));
            assertEquals(List.of(), server.lines());
        }
    }

    @Nested
    class Environment {
        private Ran runInAnotherProcess(boolean told, String... args) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Root.class.getName()));
            command.addAll(List.of(args));
            File out = dir.resolve("out").toFile();
            File err = dir.resolve("err").toFile();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(dir.toFile())
                    .redirectOutput(out)
                    .redirectError(err);
            builder.environment().keySet().removeIf(name -> name.startsWith("PANOCRYPT_") || name.contains("JAVA"));
            if (told) {
                builder.environment().put("PANOCRYPT_URL", server.url());
                builder.environment().put("PANOCRYPT_TOKEN_FILE", tokenFile.toString());
            }
            Process process = builder.start();
            try {
                assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the command hangs");
            } finally {
                process.destroyForcibly();
            }
            return new Ran(process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
        }

        @Test
        void namesTheServerAndTheTokenFile() throws Exception {
            server.on("GET /audit?limit=50", 200, "{\"items\":[],\"nextCursor\":null}");
            assertEquals(
                    new Ran(0, "{\"items\":[],\"nextCursor\":null}\n", ""),
                    runInAnotherProcess(true, "audit", "--json"));
            assertEquals("Bearer " + TOKEN, server.last().authorization());
            assertNull(server.last().ifMatch());
        }

        @Test
        void isNotNeeded() throws Exception {
            Ran ran = runInAnotherProcess(false, "audit");
            assertEquals(2, ran.exitCode());
            assertTrue(ran.err().startsWith("there is no token file ./panocrypt-data/admin-token"), ran.err());

            Ran help = runInAnotherProcess(false, "audit", "--help");
            assertEquals(0, help.exitCode());
            assertTrue(help.out().contains("Default: http://127.0.0.1:8080\n"), help.out());
        }
    }
}
