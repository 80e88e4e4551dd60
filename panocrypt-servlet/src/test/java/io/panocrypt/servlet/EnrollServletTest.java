package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.spi.store.StoreException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollServletTest {
    @TempDir
    Path directory;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory);
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private JsonNode key(String members) throws Exception {
        ApiServer.Answer made =
                server.post("/enrollment-keys", "{\"name\":\"rack-4\",\"curve\":\"P-256\"" + members + "}");
        assertEquals(201, made.status(), made.response().body());
        return made.json();
    }

    private int usesLeft(JsonNode key) throws Exception {
        return server.get("/enrollment-keys/" + key.path("id").asText())
                .json()
                .path("usesLeft")
                .asInt();
    }

    private ApiServer.Answer enroll(String secret, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/enroll"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + secret);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.send(request);
    }

    private ApiServer.Answer enroll(JsonNode key, String name, String... headers) throws Exception {
        return enroll(key.path("secret").asText(), "{\"name\":\"" + name + "\"}", headers);
    }

    @Test
    void answersWhatTheMachineNeedsAndNothingElse() throws Exception {
        JsonNode key = key("");
        ApiServer.Answer answer = enroll(key, "web-1");
        assertEquals(201, answer.status());
        Set<String> members = new TreeSet<>();
        answer.json().fieldNames().forEachRemaining(members::add);
        assertEquals(Set.of("bindCommand", "id", "thumbprint", "unlockUrl", "warnings"), members);
        JsonNode device =
                server.get("/devices/" + answer.json().path("id").asText()).json();
        assertEquals("web-1", device.path("name").asText());
        members.forEach(
                member -> assertEquals(device.path(member), answer.json().path(member), member));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    }

    @Test
    void givesEveryUselessKeyOneAndTheSameAnswer() throws Exception {
        JsonNode spent = key("");
        assertEquals(201, enroll(spent, "web-1").status());
        Set<String> bodies = new TreeSet<>();
        List<ApiServer.Answer> answers = new ArrayList<>(List.of(
                enroll(spent, "web-2"),
                enroll(spent, "web-1"),
                enroll(spent.path("secret").asText(), "no JSON"),
                enroll(spent, "web-2", "Accept", "image/png"),
                enroll("nonsense", "{\"name\":\"web-2\"}"),
                enroll(server.adminToken(), "{\"name\":\"web-2\"}")));
        server.delete("/enrollment-keys/" + spent.path("id").asText());
        answers.add(enroll(spent, "web-2"));
        answers.add(server.send(HttpRequest.newBuilder(server.uri("/enroll"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"web-2\"}"))));
        for (ApiServer.Answer answer : answers) {
            assertEquals(401, answer.status());
            assertEquals("Bearer", answer.header("WWW-Authenticate"));
            bodies.add(answer.response().body());
        }
        assertEquals(1, bodies.size(), bodies.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"name\":1}",
                "{\"name\":\"Web\"}",
                "{\"name\":\"a b\"}",
                "{\"name\":\"$(id)\"}",
                "{\"name\":\"a\",\"tags\":[\"prod\"]}",
                "{\"name\":\"a\",\"name\":\"b\"}"
            })
    void spendsNothingOnBodyThatIsNotName(String body) throws Exception {
        JsonNode key = key("");
        ApiServer.Answer answer = enroll(key.path("secret").asText(), body);
        assertEquals(400, answer.status());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertFalse(answer.problems().isEmpty());
        assertEquals(1, usesLeft(key));
    }

    @Test
    void spendsNothingOnWhatIsTooLongTakenOrUnacceptable() throws Exception {
        JsonNode key = key("");
        server.device("web-1", "");
        assertEquals(409, enroll(key, "web-1").status());
        // Sends only the head: the answer to a body that is never read may be lost with the connection.
        String tooLong = "POST /enroll HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer "
                + key.path("secret").asText() + "\r\nContent-Length: 70000\r\n\r\n";
        assertTrue(server.raw(tooLong.getBytes(StandardCharsets.US_ASCII)).contains(" 413 "));
        ApiServer.Answer unacceptable = enroll(key, "web-2", "Accept", "text/html");
        assertEquals(406, unacceptable.status());
        assertTrue(unacceptable.problems().get(0).contains("text/x-shellscript"));
        assertEquals(1, usesLeft(key));
    }

    @Test
    void takesItsSecretFromNoQuery() throws Exception {
        JsonNode key = key("");
        String secret = key.path("secret").asText();
        assertEquals(
                401,
                server.send(HttpRequest.newBuilder(server.uri("/enroll?key=" + secret))
                                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"web-1\"}")))
                        .status());
        assertEquals(
                400,
                server.send(HttpRequest.newBuilder(server.uri("/enroll?x=1"))
                                .header("Authorization", "Bearer " + secret)
                                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"web-1\"}")))
                        .status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "HEAD", "OPTIONS"})
    void isForPostOnly(String method) throws Exception {
        ApiServer.Answer answer = server.send(
                HttpRequest.newBuilder(server.uri("/enroll")).method(method, HttpRequest.BodyPublishers.noBody()));
        assertEquals(405, answer.status());
        assertEquals("POST", answer.header("Allow"));
    }

    @Test
    void registersThePeer() throws Exception {
        ApiServer.Answer answer = enroll(key(",\"registerSource\":true"), "web-1");
        JsonNode device =
                server.get("/devices/" + answer.json().path("id").asText()).json();
        assertEquals("127.0.0.1/32", device.path("registeredSource").asText());
        assertEquals("[\"127.0.0.1/32\"]", device.path("sources").toString());
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"})
    void registersNothingBehindAnUnconfiguredProxy(String header) throws Exception {
        JsonNode key = key(",\"registerSource\":true");
        ApiServer.Answer answer = enroll(key, "web-1", header, "for=203.0.113.7");
        assertEquals(409, answer.status());
        assertTrue(answer.problems().get(0).contains("proxy"), answer.problems().toString());
        assertEquals(1, usesLeft(key));
    }

    @Test
    void enrolsBehindSuchProxyWhereNoSourceIsRegistered() throws Exception {
        assertEquals(
                201, enroll(key(""), "web-1", "X-Forwarded-For", "203.0.113.7").status());
    }

    @Test
    void warnsThatAnOperatorMustConfirm() throws Exception {
        ApiServer.Answer answer = enroll(key(",\"initialState\":\"PENDING\""), "web-1");
        assertEquals(201, answer.status());
        assertTrue(answer.json().path("warnings").get(0).asText().contains("confirmation"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "*/*                                | application/json    | {",
                "application/json                   | application/json    | {",
                "text/html, application/*;q=0.5     | application/json    | {",
                "text/x-shellscript                 | text/x-shellscript  | #!/bin/sh",
                "TEXT/X-ShellScript; charset=utf-8  | text/x-shellscript  | #!/bin/sh",
                "text/cloud-config, */*             | text/cloud-config   | #cloud-config",
                "text/x-kickstart                   | text/x-kickstart    | # Binds"
            })
    void answersInTheFormThatIsAccepted(String accept, String type, String beginning) throws Exception {
        ApiServer.Answer answer = enroll(key(""), "web-1", "Accept", accept);
        assertEquals(201, answer.status());
        assertEquals(type, answer.header("Content-Type"));
        assertTrue(
                answer.response().body().startsWith(beginning),
                answer.response().body());
    }

    @Test
    void revealsNoFaultOfTheStore() throws Exception {
        JsonNode key = key("");
        server.breakStore(new StoreException("secret detail"));
        ApiServer.Answer answer = enroll(key, "web-1");
        assertEquals(503, answer.status());
        assertEquals("5", answer.header("Retry-After"));
        assertFalse(answer.response().body().contains("secret detail"));
    }
}
