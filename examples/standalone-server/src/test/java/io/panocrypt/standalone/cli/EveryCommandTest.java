package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules for every command, present and future. */
class EveryCommandTest extends CliFixture {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static Stream<String> commands() {
        return CommandTree.commands();
    }

    @BeforeEach
    void prepare() {
        Answers.prepare(server);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void printsInTextWhatAPersonNeedsOfItsJson(String command) throws Exception {
        Ran asJson = run(Answers.typed(command, "--json"));
        Ran asText =
                run(Answers.typed(command, CommandTree.hasWideForm(command) ? new String[] {"--wide"} : new String[0]));
        assertDone(asJson);
        assertDone(asText);
        String text = asText.out() + asText.err();
        assertFalse(text.isBlank());
        JsonNode json = one(asJson.out());
        List<String> needed = Answers.needed(command, json);
        assertAll(needed.stream()
                .map(value ->
                        () -> assertTrue(!value.isEmpty() && text.contains(value), value + " is not in:\n" + text)));
    }

    /** A word without a comma, such as a URL, stays in one piece. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void printsNothingBroaderThanATerminalAndCutsNoId(String command) {
        Ran ran = run(Answers.typed(command));
        assertDone(ran);
        for (String line : ran.out().split("\n")) {
            boolean isOneWord = !CommandTree.hasWideForm(command) && line.matches("([^,]+  +)?[^ ,]+");
            assertTrue(line.length() <= 80 || isOneWord, line);
            assertFalse(line.matches(".*(4krtqnw|n-0|c105ed)[a-z0-9]*\\.\\.\\..*"), line);
        }
    }

    @Test
    void triesAgainTheOneNoticeThatIsMeant() {
        assertDone(run("outbox", "retry", "n-01234567"));
        assertEquals(
                "{\"id\":\"n-" + "0123456789abcdef".repeat(4) + "\"}",
                server.last().body());
        assertEquals(new Ran(1, "", "there is no dead letter n-01234568\n"), run("outbox", "drop", "n-01234568"));
    }

    @Test
    void saysWhatADeadLetterIsWhereThereIsOne() {
        assertTrue(run("outbox", "status").out().endsWith("43 (notices that were given up; see 'outbox list')\n"));
        server.on("GET /outbox", 200, "{\"waiting\":3,\"lagSeconds\":40,\"dead\":0}");
        assertTrue(run("outbox", "status").out().endsWith("dead letters    0\n"));
    }

    /** The server would say only that there is no such notice. */
    @ParameterizedTest
    @CsvSource({
        "outbox retry n-0123456, first 10",
        "outbox drop n-0123456, first 10",
        "outbox reopen c105ed678, first 10",
        "request deny 6g7k4, last 6"
    })
    void saysHowMuchOfAnIdIsNeeded(String command, String needed) {
        Ran ran = run(words(command));
        assertEquals(2, ran.exitCode());
        assertTrue(
                ran.err().contains("is too short: type at least the " + needed + " characters of the id"), ran.err());
    }

    @Test
    void doesNotListNothingWhileNoticesWait() {
        server.on("GET /outbox/dead-letters?limit=500", 200, "{\"items\":[],\"nextCursor\":null}");
        server.on("GET /outbox", 200, "{\"waiting\":3,\"lagSeconds\":40,\"dead\":0}");
        assertEquals(
                "3 waiting and not given up; 'outbox failing' shows why they wait\n",
                run("outbox", "list").err());
        server.on("GET /outbox", 200, "{\"waiting\":0,\"lagSeconds\":0,\"dead\":0}");
        assertEquals("", run("outbox", "list").err());
        assertEquals("", run("outbox", "list", "--json").err());
    }

    /** Failures are known only to the node that tried, until it restarts. */
    @Test
    void doesNotListNoFailureWithoutAWordWhileNoticesWait() {
        server.on("GET /outbox/failing", 200, "{\"items\":[]}");
        server.on("GET /outbox", 200, "{\"waiting\":3,\"lagSeconds\":40,\"dead\":0}");
        assertEquals(
                "3 waiting, and none has failed on this node since it started: not tried yet, or by another node\n",
                run("outbox", "failing").err());
        assertEquals("", run("outbox", "failing", "--json").err());
        server.on("GET /outbox", 200, "{\"waiting\":0,\"lagSeconds\":0,\"dead\":0}");
        assertEquals("", run("outbox", "failing").err());
    }

    @Test
    void reopensTheOneContactThatIsMeant() {
        assertDone(run("outbox", "reopen", "c105ed6789"));
        assertEquals(
                "DELETE /closed-contacts/" + "c105ed6789abcdef".repeat(4),
                server.last().line());
        assertEquals(new Ran(1, "", "there is no closed contact c105ed6780\n"), run("outbox", "reopen", "c105ed6780"));
    }

    @Test
    void saysThatSomethingIsCut() {
        String note = "what has ... in it is cut; --wide shows it whole\n";
        assertTrue(run(Answers.typed("device list")).err().contains(note));
        assertFalse(run(Answers.typed("device list", "--wide")).err().contains(note));
    }

    /** Parses a text as exactly one JSON value. */
    private static JsonNode one(String text) throws JsonProcessingException {
        JsonNode json = MAPPER.readTree(text);
        assertTrue(json.isObject(), text);
        return json;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void printsTheProblemAsItsOneJsonValueWhereTheServerRefuses(String command) throws Exception {
        server.forget().otherwise(403, "{\"title\":\"Forbidden\",\"status\":403,\"problems\":[\"not you\"]}");
        Ran ran = run(Answers.typed(command, "--json"));
        assertEquals(1, ran.exitCode());
        assertEquals("refused: Forbidden (403)\n  not you\n", ran.err());
        if (command.equals("history export")) {
            // Its output is lines for a file that must contain nothing else.
            assertEquals("", ran.out());
        } else {
            assertEquals("Forbidden", one(ran.out()).path("title").asText());
            assertEquals("not you", one(ran.out()).path("problems").path(0).asText());
        }
    }

    /** A proxy's page or another service may answer anything with 200. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void believesNoOtherServer(String command) {
        Answers.Answer answer = Answers.of(command);
        Stream<StubServer.Prepared> others = Stream.of(
                new StubServer.Prepared(200, ""),
                new StubServer.Prepared(302, ""),
                new StubServer.Prepared(404, "{\"title\":\"Not Found\",\"status\":404}"));
        StubServer.Prepared always = new StubServer.Prepared(200, "{}");
        server.forget().otherwise(always.status(), always.body());
        assertNotPanocrypt(run(Answers.typed(command)), always);
        Answers.prepare(server);
        assertAll(Stream.concat(others, Stream.of(always)).map(other -> () -> {
            server.on(answer.line(), other.status(), other.body());
            assertNotPanocrypt(run(Answers.typed(command)), other);
        }));
    }

    private static void assertNotPanocrypt(Ran ran, StubServer.Prepared other) {
        assertEquals(3, ran.exitCode(), () -> other + ran.err());
        assertTrue(ran.err().contains("Panocrypt server"), () -> other + ran.err());
    }

    @ParameterizedTest
    @CsvSource({
        "audit --limit 0,2,--limit must be at least 1",
        "device edit web1,2,nothing to change",
        "device show nobody,1,there is no device nobody"
    })
    void printsItsOwnRefusalAsTheOneJsonValue(String command, int exitCode, String line) throws Exception {
        server.on("GET /devices?name=nobody&limit=500", 200, "{\"items\":[],\"nextCursor\":null}");
        server.on("GET /devices?q=nobody&limit=500", 200, "{\"items\":[],\"nextCursor\":null}");
        Ran ran = run((command + " --json").split(" "));
        assertEquals(exitCode, ran.exitCode());
        assertEquals(line, ran.err().lines().findFirst().orElseThrow());
        assertEquals("{\"title\":\"" + line + "\",\"problems\":[]}\n", ran.out());
    }

    @Test
    void printsOneJsonValueOfAHistoryThatIsNotIntact() throws Exception {
        server.on("POST /history/verify", 200, "{\"intact\":false,\"rows\":9,\"brokenAt\":null}");
        Ran ran = run("history", "verify", "--json");
        assertEquals(4, ran.exitCode());
        assertFalse(one(ran.out()).path("intact").asBoolean(true));
    }
}
