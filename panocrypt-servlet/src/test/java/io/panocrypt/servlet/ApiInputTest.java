package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiInputTest {
    @TempDir
    static Path directory;

    private static ApiServer server;
    private static String device;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer(directory);
        device = "/devices/" + server.device("input", "").path("id").asText();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    private static byte[] http(String headers, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(("POST /api/v1/devices HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                        + server.adminToken() + "\r\n" + headers + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        return request.toByteArray();
    }

    @Nested
    class Bodies {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    " ",
                    "{",
                    "[]",
                    "null",
                    "\"text\"",
                    "1",
                    "{}{}",
                    "{} x",
                    "{'name':'a'}",
                    "{\"name\":\"a\",\"name\":\"b\"}",
                    "{\"name\":\"a\\u0000\"}",
                    "{\"na\\u0000me\":\"a\"}",
                    "{\"notes\":\"\\ud800\"}",
                    "{\"\\udc00\":1}",
                    "{\"tags\":[\"\\udc00\"]}",
                    "\uFEFF{}",
                    "{\"volumes\":NaN}",
                    "{\"volumes\":01}",
                    "{\"volumes\":111111111111111111111111111111111111111111111111111111}",
                    "{\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}"
                })
        void mustBeOneObject(String body) throws Exception {
            ApiServer.Answer answer = server.post("/devices", body);
            assertEquals(400, answer.status(), answer.response().body());
            assertEquals(1, answer.problems().size());
            assertEquals("application/problem+json", answer.header("Content-Type"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{}                                         | name",
                    "{\"name\":null}                            | name",
                    "{\"name\":7}                               | name",
                    "{\"name\":\"\"}                            | name",
                    "{\"name\":\"UPPER\"}                       | name",
                    "{\"name\":\"a\",\"colour\":1}              | colour",
                    "{\"name\":\"a\",\"\":1}                    | is not known",
                    "{\"name\":\"a\",\"confirm\":true}          | confirm",
                    "{\"name\":\"a\",\"tags\":\"x\"}            | tags",
                    "{\"name\":\"a\",\"tags\":[1]}              | tags",
                    "{\"name\":\"a\",\"tags\":[\"a b\"]}        | tag",
                    "{\"name\":\"a\",\"tags\":{}}               | tags",
                    "{\"name\":\"a\",\"sources\":[\"x\"]}       | sources",
                    "{\"name\":\"a\",\"sources\":[\"1.2.3.4/33\"]} | sources",
                    "{\"name\":\"a\",\"sources\":[\"localhost\"]} | sources",
                    "{\"name\":\"a\",\"sources\":[\"10.0.5.7/24\"]} | did you mean 10.0.5.0/24 or 10.0.5.7?",
                    "{\"name\":\"a\",\"sources\":[\"010.0.5.0/24\"]} | sources",
                    "{\"name\":\"a\",\"sources\":[\"fe80::1%eth0\"]} | sources",
                    "{\"name\":\"--help\"}                        | begin with a letter or a digit",
                    "{\"name\":\" a\"}                            | name",
                    "{\"name\":\"a\",\"tags\":[\"\u212a\"]}     | tag",
                    "{\"name\":\"a\",\"sources\":[null]}        | sources",
                    "{\"name\":\"a\",\"sources\":[\"0.0.0.0/0\"]} | acknowledgeOpen",
                    "{\"name\":\"a\",\"networkAccessLists\":[\"A B\"]} | networkAccessLists",
                    "{\"name\":\"a\",\"networkAccessLists\":[\"none\"]} | network access list",
                    "{\"name\":\"a\",\"requireApproval\":\"true\"} | requireApproval",
                    "{\"name\":\"a\",\"acknowledgeOpen\":1}     | acknowledgeOpen",
                    "{\"name\":\"a\",\"volumes\":\"1\"}         | volumes",
                    "{\"name\":\"a\",\"volumes\":1.0}           | volumes",
                    "{\"name\":\"a\",\"volumes\":1e9}           | volumes",
                    "{\"name\":\"a\",\"volumes\":0}             | volumes",
                    "{\"name\":\"a\",\"volumes\":33}            | volumes",
                    "{\"name\":\"a\",\"volumes\":4294967297}    | volumes",
                    "{\"name\":\"a\",\"notes\":[]}              | notes",
                    "{\"name\":\"a\",\"curve\":\"P-257\"}       | curve",
                    "{\"name\":\"a\",\"curve\":\"p-256\"}       | curve"
                })
        void namesTheMemberThatIsWrong(String body, String named) throws Exception {
            ApiServer.Answer answer = server.post("/devices", body);
            assertEquals(400, answer.status(), answer.response().body());
            assertTrue(
                    answer.problems().stream().anyMatch(problem -> problem.contains(named)),
                    () -> answer.problems() + " should name " + named);
        }

        @Test
        void areRefusedWithEveryProblemAtOnce() throws Exception {
            ApiServer.Answer answer =
                    server.post("/devices", "{\"volumes\":true,\"notes\":1,\"sources\":[\"x\"],\"x\":1,\"y\":2}");
            assertEquals(400, answer.status());
            assertEquals(6, answer.problems().size(), () -> answer.problems().toString());
        }

        @Test
        void ofPolicyAreRefusedWithEveryProblemToo() throws Exception {
            ApiServer.Answer answer = server.post("/devices", "{\"name\":\"A\",\"volumes\":99,\"tags\":[\"a b\"]}");
            assertEquals(400, answer.status());
            assertEquals(3, answer.problems().size(), () -> answer.problems().toString());
        }

        @Test
        void cutLongNamesBetweenCharacters() throws Exception {
            ApiServer.Answer answer =
                    server.post("/devices", "{\"name\":\"a\",\"" + "\uD83D\uDE00".repeat(1000) + "\":1}");
            assertEquals(400, answer.status());
            assertEquals(
                    "\uD83D\uDE00".repeat(8) + "... (1000 characters) is not known here",
                    answer.problems().get(0));
        }

        /** Somebody pastes a token or a private key where it does not belong, and the refusal goes into a log. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"name\":\"a\",\"SECRET\":1}",
                    "{\"name\":\"a\",\"sources\":[\"SECRET\"]}",
                    "{\"name\":\"a\",\"sources\":[{\"d\":\"SECRET\"}]}",
                    "{\"name\":\"a\",\"tags\":[\"SECRET!\"]}",
                    "{\"name\":\"a\",\"networkAccessLists\":[\"SECRET\"]}",
                    "{\"name\":\"SECRET\"}",
                    "{\"name\":\"a\",\"curve\":\"SECRET\"}",
                    "{\"name\":\"SECRET"
                })
        void areNotQuotedAtLength(String body) throws Exception {
            String secret = "Q7xk2mVwq9LrT4bZc8Np5sHd";
            ApiServer.Answer answer = server.post("/devices", body.replace("SECRET", secret + "A="));
            assertEquals(400, answer.status());
            assertFalse(
                    answer.problems().toString().contains(secret),
                    () -> answer.problems().toString());
        }

        @Test
        void needNoContentType() throws Exception {
            assertEquals(
                    200,
                    server.call("POST", device + "/dry-run", "{\"source\":\"192.0.2.1\"}", "Content-Type", "text/plain")
                            .status());
        }

        @Test
        void mayBe64KibibytesAndNoByteMore() throws Exception {
            String frame = "{\"name\":\"a\",\"notes\":\"\"}";
            String most = "{\"name\":\"a\",\"notes\":\"" + "x".repeat(65_536 - frame.length()) + "\"}";
            assertEquals(400, server.post("/devices", most).status());
            // No body follows: a server that refuses while it arrives may end the connection before the answer is read.
            assertTrue(server.raw(http("Content-Length: 65537", new byte[0])).contains(" 413 "));
        }

        @Test
        void withoutLengthAreCountedToo() throws Exception {
            byte[] chunk = ("10001\r\n" + " ".repeat(65_537) + "\r\n0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            assertTrue(server.raw(http("Transfer-Encoding: chunked", chunk)).contains(" 413 "));
        }

        @Test
        void mustBeUtf8() throws Exception {
            byte[] body = "{\"name\":\"a\",\"notes\":\"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1);
            assertTrue(server.raw(http("Content-Length: " + body.length, body)).contains(" 400 "));
        }

        @ParameterizedTest
        @CsvSource({"Transfer-Encoding: chunked, zz", "Content-Length: 50, {", "Content-Length: x, {}"})
        void thatDoNotArriveWholeAreTheCallersFault(String header, String body) throws Exception {
            String status = server.raw(http(header, body.getBytes(StandardCharsets.US_ASCII)));
            assertTrue(status.contains(" 400 "), status);
        }

        @ParameterizedTest
        @ValueSource(strings = {"disable", "enable", "rotate-keys"})
        void ofActionsHaveNoMembers(String action) throws Exception {
            assertEquals(
                    List.of("x is not known here"),
                    server.post(device + "/" + action, "{\"x\":1}").problems());
        }
    }

    @Nested
    class Queries {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "limit=0",
                    "limit=501",
                    "limit=-1",
                    "limit=1e2",
                    "limit=",
                    "limit",
                    "limit=99999999999",
                    "limit=1&limit=2",
                    "cursor=",
                    "cursor=%2F",
                    "cursor=a%00b",
                    "state=gone",
                    "state=",
                    "tag=%00",
                    "tag=%FF",
                    "tag=%C3",
                    "q=%0A",
                    "colour=red",
                    "&",
                    "=",
                    "Limit=5"
                })
        void areReadStrictly(String query) throws Exception {
            ApiServer.Answer answer = server.get("/devices?" + query);
            assertEquals(400, answer.status(), answer.response().body());
            assertEquals(1, answer.problems().size(), () -> answer.problems().toString());
        }

        @ParameterizedTest
        @ValueSource(strings = {"q=%", "q=%4", "q=%zz", "q=%+1"})
        void mustBePercentEncoded(String query) throws Exception {
            String request = "GET /api/v1/devices?" + query + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Authorization: Bearer " + server.adminToken() + "\r\n\r\n";
            String status = server.raw(request.getBytes(StandardCharsets.US_ASCII));
            assertTrue(status.contains(" 400 "), status);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/history", "/audit"})
        void haveNoInventedCursor(String list) throws Exception {
            for (String cursor : List.of("x", "AAAA", "MS8xLw", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5LzEvYQ")) {
                assertEquals(400, server.get(list + "?cursor=" + cursor).status(), cursor);
            }
        }

        @Test
        void areUnknownWhereNothingIsAsked() throws Exception {
            assertEquals(400, server.get(device + "?limit=5").status());
            assertEquals(400, server.post(device + "/disable?force=1", "").status());
            assertEquals("active", server.get(device).json().path("state").asText());
        }
    }
}
