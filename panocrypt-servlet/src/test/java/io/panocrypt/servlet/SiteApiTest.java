package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that belong to no single device: lists, lockdowns, history and audit. */
class SiteApiTest {
    private static final Pattern SEALED = Pattern.compile("\"sealed\":\"([^\"]+)\"");

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

    private static Set<String> members(JsonNode object) {
        Set<String> members = new TreeSet<>();
        object.fieldNames().forEachRemaining(members::add);
        return members;
    }

    /** All items behind a path, read page by page. */
    private List<JsonNode> all(String path, int limit) throws Exception {
        List<JsonNode> items = new ArrayList<>();
        String cursor = "";
        while (true) {
            JsonNode page = server.get(path + "?limit=" + limit + cursor).json();
            assertTrue(page.path("items").size() <= limit);
            page.path("items").forEach(items::add);
            if (page.path("nextCursor").isNull()) {
                return items;
            }
            cursor = "&cursor=" + page.path("nextCursor").asText();
        }
    }

    @Nested
    class NetworkAccessLists {
        @Test
        void areMadeReadEditedAndRemoved() throws Exception {
            ApiServer.Answer made = server.post(
                    "/network-access-lists", "{\"name\":\"office\",\"cidrs\":[\"192.0.2.0/24\",\"2001:db8::/48\"]}");
            assertEquals(201, made.status());
            assertEquals("\"1\"", made.header("ETag"));
            String path = "/network-access-lists/" + made.json().path("id").asText();
            assertEquals("/api/v1" + path, made.header("Location"));
            assertEquals(
                    "[\"192.0.2.0/24\",\"2001:db8::/48\"]",
                    made.json().path("cidrs").toString());
            assertEquals(made.json(), server.get(path).json());
            assertEquals(List.of(made.json()), all("/network-access-lists", 1));

            assertEquals(428, server.call("PATCH", path, "{}").status());
            ApiServer.Answer edited = server.patch(path, 1, "{\"cidrs\":[]}");
            assertEquals(200, edited.status());
            assertEquals("office", edited.json().path("name").asText());
            assertTrue(edited.json().path("cidrs").isEmpty());
            assertEquals("\"2\"", edited.header("ETag"));
            assertEquals(412, server.patch(path, 1, "{\"name\":\"x\"}").status());

            assertEquals(204, server.delete(path).status());
            assertEquals(404, server.get(path).status());
            assertEquals(404, server.delete(path).status());
            assertEquals(404, server.patch(path, 2, "{}").status());
        }

        @Test
        void actAtOnceOnDevicesAndStayWhileTheyAreUsed() throws Exception {
            String list = server.post("/network-access-lists", "{\"name\":\"office\",\"cidrs\":[\"192.0.2.0/24\"]}")
                    .json()
                    .path("id")
                    .asText();
            String device = "/devices/"
                    + server.device("web-1", ",\"networkAccessLists\":[\"" + list + "\"]")
                            .path("id")
                            .asText();
            String ask = "{\"source\":\"192.0.2.1\"}";
            assertEquals(
                    "allowed",
                    server.post(device + "/dry-run", ask).json().path("outcome").asText());
            server.patch("/network-access-lists/" + list, 1, "{\"cidrs\":[\"198.51.100.0/24\"]}");
            assertEquals(
                    "denied",
                    server.post(device + "/dry-run", ask).json().path("outcome").asText());
            assertEquals(409, server.delete("/network-access-lists/" + list).status());
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{}                                        | 400",
                    "{\"name\":\"A B\"}                        | 400",
                    "{\"name\":\"a\",\"cidrs\":\"x\"}          | 400",
                    "{\"name\":\"a\",\"cidrs\":[\"x\"]}        | 400",
                    "{\"name\":\"a\",\"cidrs\":[\"::/0\"]}     | 400",
                    "{\"name\":\"a\",\"tags\":[]}              | 400",
                    "{\"name\":\"taken\"}                      | 409",
                    "{\"name\":\"a\",\"cidrs\":[\"::/0\"],\"acknowledgeOpen\":true} | 201"
                })
        void areCheckedWhenMade(String body, int status) throws Exception {
            server.post("/network-access-lists", "{\"name\":\"taken\"}");
            assertEquals(status, server.post("/network-access-lists", body).status());
        }
    }

    @Nested
    class Lockdowns {
        @Test
        void areStartedShownAndLifted() throws Exception {
            ApiServer.Answer made = server.post("/lockdowns", "{\"tags\":[\"Prod\"],\"reason\":\"break-in\"}");
            assertEquals(201, made.status());
            assertEquals("[\"prod\"]", made.json().path("tags").toString());
            assertEquals("administrator", made.json().path("createdBy").asText());
            String path = "/lockdowns/" + made.json().path("id").asText();
            assertEquals(made.json(), server.get(path).json());
            server.post("/lockdowns", "{\"reason\":\"everything\"}");
            assertEquals(2, all("/lockdowns", 1).size());
            assertEquals(204, server.delete(path).status());
            assertEquals(404, server.delete(path).status());
            assertEquals(404, server.get(path).status());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{}",
                    "{\"reason\":\"\"}",
                    "{\"reason\":\" \"}",
                    "{\"reason\":1}",
                    "{\"reason\":\"x\",\"tags\":\"a\"}",
                    "{\"reason\":\"x\",\"tags\":[\"a b\"]}",
                    "{\"reason\":\"x\",\"until\":\"PT1H\"}"
                })
        void wantReason(String body) throws Exception {
            assertEquals(400, server.post("/lockdowns", body).status());
            assertTrue(server.get("/lockdowns").json().path("items").isEmpty());
        }
    }

    @Nested
    class HistoryRows {
        @Test
        void showEveryMemberAndNoOther() throws Exception {
            String device = server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]")
                    .path("id")
                    .asText();
            server.unlock(device, "198.51.100.1");
            JsonNode row = server.get("/history").json().path("items").path(0);
            assertEquals(
                    new TreeSet<>(List.of(
                            "time", "device", "source", "kid", "outcome", "reason", "count", "spent", "hash", "gates",
                            "rule", "note", "node")),
                    members(row));
            assertEquals(device, row.path("device").asText());
            assertEquals("198.51.100.1", row.path("source").asText());
            assertEquals("denied", row.path("outcome").asText());
            assertEquals("source-not-allowed", row.path("reason").asText());
            assertEquals(1, row.path("count").asInt());
            assertTrue(row.path("spent").isNull());
            assertEquals("test-node", row.path("node").asText());
            assertTrue(row.path("hash").asText().matches("[0-9a-f]{64}"));
            assertEquals("key", row.path("gates").path(0).path("gate").asText());
            assertEquals(7, row.path("gates").size());
        }

        @Test
        void areNewestFirstAndPaged() throws Exception {
            String one = server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]")
                    .path("id")
                    .asText();
            String two = server.device("web-2", "").path("id").asText();
            for (int i = 1; i <= 5; i++) {
                server.unlock(one, "192.0.2." + i);
                server.unlock(two, "198.51.100." + i);
            }
            List<JsonNode> rows = all("/history", 3);
            assertEquals(10, rows.size());
            assertEquals("198.51.100.5", rows.get(0).path("source").asText());
            assertEquals("192.0.2.1", rows.get(9).path("source").asText());
            List<JsonNode> own = all("/devices/" + one + "/history", 2);
            assertEquals(5, own.size());
            assertTrue(own.stream().allMatch(row -> row.path("device").asText().equals(one)));
        }

        @Test
        void giveDeviceItsLastSeenAndLastUnlock() throws Exception {
            String device = server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]")
                    .path("id")
                    .asText();
            server.unlock(device, "192.0.2.1");
            server.unlock(device, "198.51.100.1");
            List<JsonNode> rows = all("/devices/" + device + "/history", 50);
            JsonNode shown = server.get("/devices/" + device).json();
            assertEquals(rows.get(0).path("time"), shown.path("lastSeen"));
            assertEquals(rows.get(1).path("time"), shown.path("lastUnlock"));
        }

        @Test
        void verify() throws Exception {
            server.unlock(server.device("web-1", "").path("id").asText(), "192.0.2.1");
            server.checkpoint();
            ApiServer.Answer answer = server.post("/history/verify", "");
            assertEquals(200, answer.status());
            assertTrue(answer.json().path("intact").asBoolean());
            assertTrue(answer.json().path("rows").asInt() >= 3);
            assertTrue(answer.json().path("brokenAt").isNull());
            assertEquals(400, server.post("/history/verify", "{\"x\":1}").status());
        }
    }

    @Nested
    class AuditRows {
        @Test
        void showBeforeAndAfterAsObjects() throws Exception {
            String device = server.device("web-1", "").path("id").asText();
            server.post("/devices/" + device + "/disable", "");
            JsonNode row = server.get("/audit?limit=1").json().path("items").path(0);
            assertEquals(
                    new TreeSet<>(
                            List.of("time", "actor", "action", "kind", "objectId", "before", "after", "node", "hash")),
                    members(row));
            assertEquals("administrator", row.path("actor").asText());
            assertEquals("device.disable", row.path("action").asText());
            assertEquals("device", row.path("kind").asText());
            assertEquals(device, row.path("objectId").asText());
            assertEquals("active", row.path("before").path("state").asText());
            assertEquals("disabled", row.path("after").path("state").asText());
            JsonNode creation = server.get("/audit").json().path("items").path(1);
            assertTrue(creation.path("before").isNull());
            assertEquals("web-1", creation.path("after").path("name").asText());
        }

        @Test
        void containNeitherTokenNorSealedKey() throws Exception {
            Set<String> secrets = new HashSet<>(Set.of(server.adminToken(), "sealed", "tokenHash", "publicJwk"));
            String id = server.device("web-1", "").path("id").asText();
            String path = "/devices/" + id;
            secrets.addAll(secretsOf(id));
            server.patch(path, 1, "{\"notes\":\"x\"}");
            server.post(path + "/disable", "");
            server.post(path + "/enable", "");
            server.post(path + "/allowances", "");
            server.post(path + "/rotate-keys", "");
            secrets.addAll(secretsOf(id));
            server.delete(path + "/keys/1");
            server.post("/lockdowns", "{\"reason\":\"x\"}");
            server.delete(path + "/temporary-deny");
            server.post(path + "/revoke", "{\"confirm\":\"web-1\"}");
            String text = all("/audit", 500).toString();
            assertTrue(text.contains("device.rotate-keys") && text.contains("device.revoke"), text);
            for (String secret : secrets) {
                assertFalse(text.contains(secret), () -> "the audit contains " + secret);
            }
        }

        @Test
        void keepSealedKeysOutOfDevicesToo() throws Exception {
            String id = server.device("web-1", "").path("id").asText();
            String text = server.get("/devices/" + id).response().body()
                    + server.get("/devices").response().body();
            assertFalse(text.contains("sealed"));
            Set<String> sealed = sealedKeysOf(id);
            assertEquals(2, sealed.size());
            sealed.forEach(key -> assertFalse(text.contains(key)));
        }

        private Set<String> secretsOf(String id) {
            Device device = server.panocrypt().devices().get(id);
            Set<String> secrets = new HashSet<>(Set.of(device.token()));
            secrets.addAll(sealedKeysOf(id));
            return secrets;
        }

        /** The sealed keys in the stored text, which the model does not show. */
        private Set<String> sealedKeysOf(String id) {
            String body = server.store()
                    .get(PolicyRecord.DEVICE, id)
                    .map(PolicyRecord::body)
                    .orElseThrow();
            return SEALED.matcher(body).results().map(found -> found.group(1)).collect(Collectors.toSet());
        }
    }
}
