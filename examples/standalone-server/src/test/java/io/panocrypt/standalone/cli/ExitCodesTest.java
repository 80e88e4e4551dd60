package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitCodesTest extends CliFixture {
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
        server.on("GET /audit?limit=50", status, "{\"title\":\"No\",\"status\":" + status + ",\"problems\":[]}");
        Ran ran = run("audit");
        assertEquals(new Ran(1, "", "refused: No (" + status + ")\n" + remedy(status)), ran);
    }

    /** As the port for devices refuses, a proxy, or another program. */
    @ParameterizedTest
    @CsvSource({"400", "401", "403", "404", "413", "429", "500", "502", "503"})
    void isThreeWhereAnythingElseRefuses(int status) {
        for (String body : List.of("", "<html>", "{\"title\":\"No\",\"status\":" + status + "}")) {
            server.forget().otherwise(status, body);
            Ran expected = new Ran(
                    3,
                    "",
                    "cannot reach a Panocrypt server: " + server.url() + " answered HTTP " + status
                            + "; is the URL right, and its port that for operators?\n");
            assertEquals(expected, run("audit"));
            assertEquals(expected, run("device", "show", "web1"));
            assertEquals(expected, run("history", "export"));
        }
    }

    @Test
    void isThreeWhereTheServerIsSealed() {
        server.otherwise(503, "{\"detail\":\"sealed: the shares of the master key are missing\",\"status\":503}");
        String told = server.url() + " is sealed; type its shares: panocrypt unseal\n";
        assertEquals(new Ran(3, "", told), run("device", "list"));
    }

    @Test
    void isFourWhereTheHistoryIsNotIntact() {
        server.on(
                "POST /history/verify",
                200,
                "{\"intact\":false,\"rows\":9,\"brokenAt\":{\"chain\":\"n1\",\"sequence\":4,\"problem\":\"gap\"}}");
        assertEquals(
                new Ran(4, "", "the history is NOT intact, broken at chain n1, entry 4: gap\n"),
                run("history", "verify"));
    }

    /** A wrong token does not mean that the history is broken. */
    @Test
    void isOneWhereTheServerRefusesToCheckTheHistory() {
        server.on("POST /history/verify", 401, "{\"title\":\"Unauthorized\",\"status\":401,\"problems\":[]}");
        assertEquals(new Ran(1, "", "refused: Unauthorized (401)\n" + remedy(401)), run("history", "verify"));
    }

    /** Says where the refused token came from, and how to get one that the server knows. */
    private String remedy(int status) {
        return status == 401
                ? "the token is from the file " + tokenFile + ", named by --token-file\n"
                        + "'./panocrypt admin-token' on the server's host replaces an administrator's token\n"
                : "";
    }

    @Test
    void isZeroWhereTheHistoryIsIntact() {
        server.on("POST /history/verify", 200, "{\"intact\":true,\"rows\":9,\"brokenAt\":null}");
        assertEquals(new Ran(0, "intact  9 entries\n", ""), run("history", "verify"));
    }

    /** A script would continue if a test ended with 0. */
    @ParameterizedTest
    @CsvSource({
        "webhook test w1, POST /webhooks/w1/test",
        "member test me mailto:a@example.org, POST /members/me/contacts/test",
        "member test-browser me b1, POST /members/me/push-subscriptions/b1/test"
    })
    void isOneWhereATestIsNotDelivered(String command, String line) {
        server.on("GET /members/me", 200, "{\"id\":\"me\"}");
        server.on(line, 200, "{\"result\":\"refused\",\"cause\":\"HTTP 404\"}");
        assertEquals(new Ran(1, "refused  HTTP 404\n", "the test was not delivered\n"), run(words(command)));
        assertEquals(
                new Ran(1, "{\"result\":\"refused\",\"cause\":\"HTTP 404\"}\n", "the test was not delivered\n"),
                run(words(command + " --json")));
        server.on(line, 200, "{\"result\":\"delivered\"}");
        assertEquals(new Ran(0, "delivered\n", ""), run(words(command)));
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
                "device edit web1 --tag a --add-tag b",
                "device list --ca no-such-file",
                "history verify --key k",
                "history verify no-such-file",
                "outbox retry n-0123456",
                "outbox drop n-0123456",
                "outbox reopen c105ed678",
                "request show 6g7k4",
                "list edit office",
                "list edit office --cidr 192.0.2.0/28 --no-cidrs",
                "history list --limit 0",
                "audit --limit -1",
                "lockdown start",
                "member",
                "member add",
                "member add eva --token-expires-in soon",
                "member edit eva",
                "member edit eva --contact x --no-contacts",
                "member rotate-token",
                "user-group edit people",
                "user-group edit people --member eva --no-members",
                "group add ops",
                "group add ops --tag prod --quorum two",
                "group edit ops --confirm",
                "group edit ops --approver eva --no-approvers",
                "request approve",
                "request defer r1 --source 192.0.2.1",
                "request approve r1 --scope device"
            })
    void isTwoForWrongUsageAndNothingIsAsked(String command) {
        Ran ran = runAsTyped(words(command));
        assertAll(
                () -> assertEquals(2, ran.exitCode()),
                () -> assertEquals("", ran.out()),
                () -> assertTrue(
                        ran.err().matches("(?s).+\nsee 'panocrypt [a-z- ]+ --help'\n")
                                && !ran.err().contains("; see"),
                        ran.err()),
                () -> assertEquals(List.of(), server.lines()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8080",
                "localhost:8080",
                "http://127.0.0.1:65536",
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
        assertEquals(
                new Ran(
                        2,
                        "",
                        "--url must be http://HOST[:PORT] or https://HOST[:PORT], with a path at most\n"
                                + "see 'panocrypt audit --help'\n"),
                ran);
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

    /** A label of more than 63 characters is in no name, so nobody is asked for it. */
    @Test
    void isThreeWhereTheHostIsUnknown() {
        String url = "http://" + "a".repeat(64) + ".example:8080";
        assertEquals(
                new Ran(
                        3,
                        "",
                        "cannot reach " + url + ": the host " + "a".repeat(64)
                                + ".example is not known here; is its name right?\n"),
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
                                    + "; name yours with --token-file or PANOCRYPT_TOKEN_FILE\n"
                                    + "see 'panocrypt audit --help'\n"),
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
            assertEquals(
                    new Ran(
                            2,
                            "",
                            "the token file " + tokenFile + " does not hold one token\nsee 'panocrypt audit --help'\n"),
                    run("audit"));
            assertEquals(List.of(), server.lines());
        }
    }
}
