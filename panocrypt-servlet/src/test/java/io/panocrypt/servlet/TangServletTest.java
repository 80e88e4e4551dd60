package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.UnlockResult;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TangServletTest {
    /** Far more requests than a source may make at once. */
    private static final int MANY = 20_000;

    @TempDir
    private Path directory;

    private ApiServer server;
    private String device;

    @BeforeEach
    void start() throws Exception {
        // A fixed clock: the rate limit must not recover while the test runs.
        server = new ApiServer(directory, InstantSource.fixed(Instant.now()));
        device = server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]")
                .path("id")
                .asText();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private ApiServer.Answer recover(String kid) throws Exception {
        Device found = server.panocrypt().devices().get(device);
        String body = found.advertised().get(0).exchange().toJson();
        URI uri = server.uri("/u/" + found.token() + "/rec/" + kid);
        return server.send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String kid() {
        return server.panocrypt()
                .devices()
                .get(device)
                .advertised()
                .get(0)
                .exchange()
                .kid();
    }

    private void askTooOften() throws Exception {
        int asked = 0;
        while (!(server.unlock(device, "127.0.0.1") instanceof UnlockResult.Limited)) {
            assertTrue(asked++ < MANY, "is never limited");
        }
    }

    @Test
    void answersTooManyRequestsAndWhenToTryAgain() throws Exception {
        assertEquals(403, recover(kid()).status());
        askTooOften();
        ApiServer.Answer answer = recover(kid());
        assertEquals(429, answer.status());
        assertEquals("5", answer.header("Retry-After"));
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertEquals("no-store", answer.header("Cache-Control"));
        JsonNode problem = answer.json();
        assertEquals("Too Many Requests", problem.path("title").asText());
        assertEquals(3, problem.size(), "reveals nothing to an outsider");
    }

    @Test
    void neverAnswersTooManyRequestsWhereAnAllowanceFits() throws Exception {
        askTooOften();
        String grant = "{\"uses\":1,\"source\":\"127.0.0.1\",\"skips\":[\"source\"]}";
        assertEquals(
                201, server.post("/devices/" + device + "/allowances", grant).status());
        assertEquals(200, recover(kid()).status());
        assertEquals(429, recover(kid()).status());
    }

    @Test
    void answersNotFoundToAnUnknownKeyHoweverOften() throws Exception {
        askTooOften();
        assertEquals(404, recover("a".repeat(43)).status());
    }
}
