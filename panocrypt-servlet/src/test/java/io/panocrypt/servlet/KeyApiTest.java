package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.Role;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses of keys, the report and the jobs over REST. */
class KeyApiTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    private Path directory;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, now::get);
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private JsonNode get(String path) throws Exception {
        ApiServer.Answer answer = server.get(path);
        assertEquals(200, answer.status(), answer.response()::body);
        return answer.json();
    }

    private JsonNode device(String name, String tag) throws Exception {
        return server.device(name, ",\"tags\":[\"" + tag + "\"],\"sources\":[\"192.0.2.0/24\"]");
    }

    @Test
    void showUsesAndWhoStillUsesOldKeys() throws Exception {
        JsonNode device = device("web-1", "prod");
        device("web-2", "test");
        String id = device.path("id").asText();
        server.unlock(id, "192.0.2.7");
        JsonNode only = get("/devices/" + id + "/keys").path("items").path(0);
        assertEquals("advertised", only.path("state").asText());
        assertEquals(now.get().toString(), only.path("lastUse").path("time").asText());
        assertEquals("192.0.2.7", only.path("lastUse").path("source").asText());
        assertTrue(only.path("hiddenSince").isNull());

        now.updateAndGet(time -> time.plusSeconds(60));
        server.post("/devices/" + id + "/rotate-keys", "");
        JsonNode hidden = get("/devices/" + id + "/keys").path("items").path(0);
        assertEquals("hidden", hidden.path("state").asText());
        assertEquals(now.get().toString(), hidden.path("hiddenSince").asText());
        assertTrue(hidden.path("provablyUnused").asBoolean());

        JsonNode report = get("/key-report?tag=PROD");
        assertEquals(1, report.path("devices").asInt());
        assertEquals(1, report.path("withHidden").asInt());
        assertEquals(0, report.path("usingHidden").asInt());
        assertTrue(report.path("lastHiddenUse").isNull());
        assertEquals(2, get("/key-report").path("devices").asInt());
        JsonNode old = get("/key-report?olderThan=PT30S").path("items");
        assertEquals(1, old.size());
        assertEquals("web-2", old.path(0).path("name").asText());
        assertEquals(400, server.get("/key-report?olderThan=soon").status());
        assertEquals(400, server.get("/key-report?olderThan=-PT1S").status());
    }

    @Test
    void startShowAndCancelJobs() throws Exception {
        ApiServer.Answer made = server.post("/key-jobs", "{\"act\":\"rotate\",\"tags\":[\"Prod\"],\"pace\":6}");
        assertEquals(201, made.status(), made.response()::body);
        String id = made.json().path("id").asText();
        assertTrue(made.header("Location").endsWith("/key-jobs/" + id));
        assertEquals("running", made.json().path("state").asText());
        assertEquals("[\"prod\"]", made.json().path("tags").toString());
        assertEquals("PT0S", made.json().path("age").asText());
        assertEquals(made.json(), get("/key-jobs/" + id));
        assertEquals(1, get("/key-jobs").path("items").size());
        assertEquals(204, server.delete("/key-jobs/" + id).status());
        assertEquals("cancelled", get("/key-jobs/" + id).path("state").asText());
        assertEquals(409, server.delete("/key-jobs/" + id).status());
        assertEquals(404, server.delete("/key-jobs/none").status());
    }

    @Test
    void refuseWhatIsNoJob() throws Exception {
        assertEquals(400, server.post("/key-jobs", "{}").status());
        assertEquals(400, server.post("/key-jobs", "{\"act\":\"burn\"}").status());
        assertEquals(
                400, server.post("/key-jobs", "{\"act\":\"rotate\",\"pace\":0}").status());
        assertEquals(400, server.post("/key-jobs", "{\"act\":\"destroy\"}").status(), "without an age");
        assertFalse(get("/key-jobs").path("items").iterator().hasNext());
        String approver = server.member("ann", Role.APPROVER).token();
        assertEquals(
                403,
                server.callAs(approver, "POST", "/key-jobs", "{\"act\":\"rotate\"}")
                        .status());
        assertEquals(200, server.callAs(approver, "GET", "/key-report", "").status());
    }
}
