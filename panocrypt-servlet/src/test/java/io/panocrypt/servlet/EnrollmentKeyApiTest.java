package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.model.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollmentKeyApiTest {
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

    @Test
    void isMadeShownListedAndRevoked() throws Exception {
        ApiServer.Answer made = server.post("/enrollment-keys", "{\"name\":\"rack-4\"}");
        assertEquals(201, made.status());
        assertEquals("\"1\"", made.header("ETag"));
        assertEquals(26, made.json().path("secret").asText().length());
        assertEquals(
                Duration.ofDays(1),
                Duration.between(
                        Instant.parse(made.json().path("created").asText()),
                        Instant.parse(made.json().path("expires").asText())));
        assertEquals(1, made.json().path("uses").asInt());
        assertEquals("active", made.json().path("initialState").asText());
        assertFalse(made.json().path("registerSource").asBoolean(true));
        assertTrue(made.json().path("warnings").get(0).asText().contains("no sources"));

        String path = "/enrollment-keys/" + made.json().path("id").asText();
        assertEquals("/api/v1" + path, made.header("Location"));
        JsonNode shown = server.get(path).json();
        ObjectNode expected = made.json().deepCopy();
        expected.remove("secret");
        assertEquals(expected, shown);
        assertFalse(shown.toString().contains("ash"), "no secret and no hash");
        assertEquals(
                List.of(shown),
                List.of(server.get("/enrollment-keys?limit=1")
                        .json()
                        .path("items")
                        .get(0)));

        assertEquals(204, server.delete(path).status());
        assertEquals(404, server.get(path).status());
        assertEquals(404, server.delete(path).status());
        assertEquals(
                List.of("enrollment-key.revoke", "enrollment-key.create"),
                server.get("/audit?limit=2").json().path("items").findValuesAsText("action"));
    }

    @Test
    void keepsWhatItGivesToDevices() throws Exception {
        JsonNode made = server.post(
                        "/enrollment-keys",
                        "{\"name\":\"k\",\"tags\":[\"Prod\"],\"sources\":[\"0.0.0.0/0\"],\"requireApproval\":true,"
                                + "\"registerSource\":true,\"uses\":5,\"expiresIn\":\"PT1H\","
                                + "\"initialState\":\"PENDING\",\"volumes\":2,\"notes\":\"n\",\"curve\":\"P-256\"}")
                .json();
        assertEquals("[\"prod\"]", made.path("tags").toString());
        assertEquals("[\"0.0.0.0/0\"]", made.path("sources").toString());
        assertTrue(made.path("requireApproval").asBoolean());
        assertTrue(made.path("registerSource").asBoolean());
        assertEquals(5, made.path("usesLeft").asInt());
        assertEquals("pending", made.path("initialState").asText());
        assertEquals(2, made.path("volumes").asInt());
        assertEquals("n", made.path("notes").asText());
        assertEquals("P-256", made.path("curve").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"A\"}",
                "{\"name\":\"a\",\"uses\":0}",
                "{\"name\":\"a\",\"uses\":\"1\"}",
                "{\"name\":\"a\",\"expiresIn\":\"1h\"}",
                "{\"name\":\"a\",\"expiresIn\":\"PT0S\"}",
                "{\"name\":\"a\",\"initialState\":\"DISABLED\"}",
                "{\"name\":\"a\",\"initialState\":\"revoked\"}",
                "{\"name\":\"a\",\"registerSource\":1}",
                "{\"name\":\"a\",\"sources\":[\"0.0.0.0/0\"]}",
                "{\"name\":\"a\",\"networkAccessLists\":[\"none\"]}",
                "{\"name\":\"a\",\"curve\":\"P-224\"}",
                "{\"name\":\"a\",\"secret\":\"mine\"}"
            })
    void isCheckedWhenMade(String body) throws Exception {
        ApiServer.Answer answer = server.post("/enrollment-keys", body);
        assertEquals(400, answer.status(), answer.response().body());
        assertFalse(answer.problems().isEmpty());
    }

    @Test
    void hasNameOfItsOwn() throws Exception {
        server.post("/enrollment-keys", "{\"name\":\"k\"}");
        assertEquals(409, server.post("/enrollment-keys", "{\"name\":\"k\"}").status());
    }

    @ParameterizedTest
    @CsvSource({"VIEWER", "APPROVER"})
    void isForAdministratorsOnly(Role role) throws Exception {
        String token = server.member("somebody", role).token();
        assertEquals(403, server.callAs(token, "GET", "/enrollment-keys", "").status());
        assertEquals(
                403,
                server.callAs(token, "POST", "/enrollment-keys", "{\"name\":\"k\"}")
                        .status());
    }

    @Test
    void opensNoDoorToOperatorsCalls() throws Exception {
        String secret = server.post("/enrollment-keys", "{\"name\":\"k\"}")
                .json()
                .path("secret")
                .asText();
        assertEquals(401, server.callAs(secret, "GET", "/devices", "").status());
    }
}
