package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistorySearchApiTest {
    @TempDir
    static Path folder;

    private static ApiServer server;
    private static String inside;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer(folder);
        inside = server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]")
                .path("id")
                .asText();
        String outside = server.device("web-2", "").path("id").asText();
        server.unlock(inside, "192.0.2.1");
        server.unlock(inside, "2001:db8::1");
        server.unlock(outside, "192.0.2.2");
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    private static List<String> found(String path, String member) throws Exception {
        ApiServer.Answer answer = server.get(path);
        assertEquals(200, answer.status(), answer.response().body());
        return StreamSupport.stream(answer.json().path("items").spliterator(), false)
                .map(item -> item.path(member).asText())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 3",
        "outcome=allowed, 1",
        "outcome=DENIED, 2",
        "source=192.0.2.0/24, 2",
        "source=2001:db8::1, 1",
        "source=192.0.2.0/24&outcome=denied, 1",
        "from=2000-01-01, 3",
        "from=2000-01-01T00:00:00Z&to=9999-01-01, 3",
        "to=2000-01-01T01:00:00%2B01:00, 0"
    })
    void findsAttempts(String query, int number) throws Exception {
        assertEquals(number, found("/history?" + query, "outcome").size());
    }

    @Test
    void findsAttemptsOnOneDevice() throws Exception {
        assertEquals(List.of("denied", "allowed"), found("/history?device=" + inside, "outcome"));
        assertEquals(List.of("denied"), found("/devices/" + inside + "/history?outcome=denied", "outcome"));
        assertEquals(List.of(), found("/history?device=nobody", "outcome"));
    }

    @Test
    void findsEdits() throws Exception {
        String actor = server.get("/audit").json().at("/items/0/actor").asText();
        assertEquals(List.of("device.create", "device.create"), found("/audit?action=device&actor=" + actor, "action"));
        assertEquals(List.of(inside), found("/audit?device=" + inside, "objectId"));
        assertEquals(List.of(), found("/audit?actor=nobody", "action"));
    }

    @Test
    void saysHowManyItLookedAt() throws Exception {
        JsonNode page = server.get("/history?outcome=allowed").json();
        assertEquals(3, page.path("examined").asInt());
        assertTrue(page.path("nextCursor").isNull());
        assertTrue(server.get("/history").json().path("examined").isMissingNode());
    }

    @Test
    void exportsWhatFits() throws Exception {
        List<String> lines = server.get("/history/export?outcome=denied&device=" + inside)
                .response()
                .body()
                .lines()
                .toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).startsWith("{\"format\":\"panocrypt-history-selection-1\""), lines.get(0));
        assertTrue(lines.get(1).contains("\"device\":\"" + inside + "\""), lines.get(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/history?from=yesterday",
                "/history?from=PT24H",
                "/history?from=2026-02-30",
                "/history?from=%2B1000000000-12-31T23:59:59Z",
                "/history?from=2026-01-02&to=2026-01-01",
                "/history?to=",
                "/history?device=A",
                "/history?outcome=maybe",
                "/history?source=host",
                "/history?source=192.0.2.1/24",
                "/history?actor=me",
                "/audit?outcome=denied",
                "/history/export?outcome=denied&actor=host",
                "/history/export?limit=1"
            })
    void refusesWhatIsNoFilter(String path) throws Exception {
        ApiServer.Answer answer = server.get(path);
        assertEquals(400, answer.status(), answer.response().body());
        assertEquals(1, answer.problems().size());
    }
}
