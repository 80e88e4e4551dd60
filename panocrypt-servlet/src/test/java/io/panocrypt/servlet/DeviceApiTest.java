package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceApiTest {
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

    private String path(JsonNode device) {
        return "/devices/" + device.path("id").asText();
    }

    private static List<String> names(JsonNode page) {
        List<String> names = new ArrayList<>();
        page.path("items").forEach(item -> names.add(item.path("name").asText()));
        return names;
    }

    @Nested
    class NewDevice {
        @Test
        void showsEveryMemberAndNoOther() throws Exception {
            ApiServer.Answer made = server.post(
                    "/devices",
                    "{\"name\":\"web-1\",\"tags\":[\"Role=Web\",\"prod\"],\"sources\":[\"192.0.2.0/24\",\"2001:db8::1\"],"
                            + "\"volumes\":2,\"notes\":\"rack 7\\n\u00fc\",\"curve\":\"P-384\"}");
            assertEquals(201, made.status());
            JsonNode device = made.json();
            TreeSet<String> members = new TreeSet<>();
            device.fieldNames().forEachRemaining(members::add);
            assertEquals(
                    new TreeSet<>(List.of(
                            "id",
                            "name",
                            "state",
                            "unlockUrl",
                            "thumbprint",
                            "bindCommand",
                            "tags",
                            "sources",
                            "registeredSource",
                            "networkAccessLists",
                            "requireApproval",
                            "acknowledgeOpen",
                            "volumes",
                            "notes",
                            "curve",
                            "custody",
                            "keys",
                            "created",
                            "approval",
                            "warnings",
                            "version")),
                    members);
            assertEquals("active", device.path("state").asText());
            assertEquals("[\"prod\",\"role=web\"]", device.path("tags").toString());
            assertEquals(
                    "[\"192.0.2.0/24\",\"2001:db8::1/128\"]",
                    device.path("sources").toString());
            assertTrue(device.path("registeredSource").isNull());
            assertEquals("rack 7\n\u00fc", device.path("notes").asText());
            assertEquals("P-384", device.path("curve").asText());
            assertEquals("default", device.path("custody").asText());
            assertEquals("site", device.path("keys").path(0).path("custody").asText());
            assertEquals(2, device.path("volumes").asInt());
            assertTrue(device.path("unlockUrl").asText().matches("http://192\\.0\\.2\\.1:8080/u/[a-z2-7]{26}"));
            assertEquals(
                    device.path("keys").path(0).path("signing").asText(),
                    device.path("thumbprint").asText());
            assertEquals(
                    "clevis luks bind -d /dev/... tang '{\"url\":\""
                            + device.path("unlockUrl").asText() + "\",\"thp\":\""
                            + device.path("thumbprint").asText() + "\"}'",
                    device.path("bindCommand").asText());
            assertEquals("\"1\"", made.header("ETag"));
            assertEquals("/api/v1" + path(device), made.header("Location"));
        }

        @Test
        void choosesACustodyThatTheServerHas() throws Exception {
            JsonNode own = server.device("web-1", ",\"custody\":\"site\"");
            assertEquals("site", own.path("custody").asText());
            ApiServer.Answer refused = server.post("/devices", "{\"name\":\"web-2\",\"custody\":\"nowhere\"}");
            assertEquals(400, refused.status());
            assertEquals(
                    List.of("no custody of this node has that name: choose one of default, site"), refused.problems());
        }

        @Test
        void isReadAsItWasMade() throws Exception {
            JsonNode made = server.device("web-1", ",\"sources\":[\"192.0.2.0/28\"]");
            ApiServer.Answer read = server.get(path(made));
            assertEquals(200, read.status());
            assertEquals("\"1\"", read.header("ETag"));
            assertTrue(read.json().path("lastSeen").isNull());
            assertTrue(read.json().path("lastUnlock").isNull());
            made.properties()
                    .forEach(member ->
                            assertEquals(member.getValue(), read.json().path(member.getKey()), member.getKey()));
        }

        @Test
        void warnsWhenNothingCanUnlockIt() throws Exception {
            assertTrue(server.device("web-1", "").path("warnings").toString().contains("no sources"));
        }

        @Test
        void isRefusedUnderTakenName() throws Exception {
            server.device("web-1", "");
            ApiServer.Answer answer = server.post("/devices", "{\"name\":\"web-1\"}");
            assertEquals(409, answer.status());
            assertEquals(List.of("that name is taken"), answer.problems());
        }
    }

    @Nested
    class Listing {
        @Test
        void goesOnAtItsCursorUntilTheEnd() throws Exception {
            TreeSet<String> expected = new TreeSet<>();
            for (int i = 0; i < 5; i++) {
                server.device("d" + i, "");
                expected.add("d" + i);
            }
            TreeSet<String> seen = new TreeSet<>();
            JsonNode page = server.get("/devices?limit=2").json();
            int pages = 1;
            while (true) {
                assertTrue(page.path("items").size() <= 2);
                for (String name : names(page)) {
                    assertTrue(seen.add(name), name);
                }
                if (page.path("nextCursor").isNull()) {
                    break;
                }
                pages++;
                page = server.get("/devices?limit=2&cursor="
                                + page.path("nextCursor").asText())
                        .json();
            }
            assertEquals(expected, seen);
            assertEquals(3, pages);
        }

        @ParameterizedTest
        @CsvSource({
            "'', 'active-web,gone-db,idle-web'",
            "tag=role%3dweb, 'active-web,idle-web'",
            "tag=ROLE=web, 'active-web,idle-web'",
            "tag=none, ''",
            "state=disabled, idle-web",
            "state=Disabled, idle-web",
            "state=REVOKED, gone-db",
            "state=pending, ''",
            "q=-we, 'active-web,idle-web'",
            "q=ACTIVE, active-web",
            "name=active-web, active-web",
            "name=Active-Web, active-web",
            "name=active, ''",
            "namePrefix=ACT, active-web",
            "namePrefix=gone, ''",
            "namePrefix=active-web-1, ''",
            "name=gone-db, ''",
            "name=active-web&state=disabled, ''",
            "q=web&state=active, active-web",
            "tag=role=web&state=disabled&q=idle&limit=1, idle-web"
        })
        void filters(String query, String expected) throws Exception {
            server.device("active-web", ",\"tags\":[\"role=web\"]");
            server.post(path(server.device("idle-web", ",\"tags\":[\"role=web\"]")) + "/disable", "");
            server.post(
                    path(server.device("gone-db", ",\"tags\":[\"role=db\"]")) + "/revoke", "{\"confirm\":\"gone-db\"}");
            JsonNode page = server.get("/devices?" + query).json();
            assertEquals(
                    expected.isEmpty() ? List.of() : List.of(expected.split(",")),
                    names(page).stream().sorted().toList());
        }

        @Test
        void readsNoListForEachDevice() throws Exception {
            String list = server.post("/network-access-lists", "{\"name\":\"lan\",\"cidrs\":[\"10.0.0.0/24\"]}")
                    .json()
                    .path("id")
                    .asText();
            server.device("web-0", ",\"networkAccessLists\":[\"" + list + "\"]");
            int one = readsOfAList();
            for (int i = 1; i < 5; i++) {
                server.device("web-" + i, ",\"networkAccessLists\":[\"" + list + "\"]");
            }
            assertEquals(one, readsOfAList());
        }

        private int readsOfAList() throws Exception {
            AtomicInteger reads = new AtomicInteger();
            for (String method : List.of("get", "find", "scan")) {
                server.beforeStore(method, reads::incrementAndGet);
            }
            // The first one fills the cache of shared policy.
            server.get("/devices");
            reads.set(0);
            assertEquals(200, server.get("/devices").status());
            return reads.get();
        }
    }

    @Nested
    class Editing {
        @Test
        void changesWhatItNamesAndKeepsTheRest() throws Exception {
            JsonNode made = server.device("web-1", ",\"tags\":[\"a\"],\"sources\":[\"192.0.2.0/28\"]");
            ApiServer.Answer edited = server.patch(path(made), 1, "{\"name\":\"web-2\",\"volumes\":3}");
            assertEquals(200, edited.status());
            assertEquals("\"2\"", edited.header("ETag"));
            assertEquals(2, edited.json().path("version").asInt());
            assertEquals("web-2", edited.json().path("name").asText());
            assertEquals(3, edited.json().path("volumes").asInt());
            assertEquals(made.path("tags"), edited.json().path("tags"));
            assertEquals(made.path("sources"), edited.json().path("sources"));
            assertEquals(made.path("unlockUrl"), edited.json().path("unlockUrl"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "`\"2\"`   | 412",
                    "`\"0\"`   | 412",
                    "`\"x\"`   | 412",
                    "`\"\"`    | 412",
                    "W/`\"1\"` | 412",
                    "*         | 400",
                    "1         | 400",
                    "`\"1`     | 400",
                    "`\"1\", \"2\"` | 400",
                    "`\"99999999999999999999\"` | 412"
                })
        void wantsTheCurrentVersion(String ifMatch, int status) throws Exception {
            String path = path(server.device("web-1", ""));
            ApiServer.Answer answer =
                    server.call("PATCH", path, "{\"volumes\":2}", "If-Match", ifMatch.replace("`", ""));
            assertEquals(status, answer.status());
            assertEquals(1, server.get(path).json().path("version").asInt());
        }

        @Test
        void wantsOneVersionNamed() throws Exception {
            String path = path(server.device("web-1", ""));
            var missing = server.call("PATCH", path, "{}");
            assertEquals(428, missing.status());
            assertTrue(
                    missing.problems().get(0).endsWith("such as If-Match: \"1\""),
                    missing.problems().get(0));
            assertEquals(
                    400,
                    server.call("PATCH", path, "{}", "If-Match", "\"1\"", "If-Match", "\"1\"")
                            .status());
        }

        @Test
        void thatTakesApprovalAwayWantsConfirmation() throws Exception {
            String path = path(server.device("web-1", ",\"requireApproval\":true"));
            ApiServer.Answer refused = server.patch(path, 1, "{\"requireApproval\":false}");
            assertEquals(409, refused.status());
            assertEquals(1, refused.json().path("devices").asInt());
            assertEquals(
                    200,
                    server.patch(path, 1, "{\"requireApproval\":false,\"confirm\":true}")
                            .status());
        }

        @Test
        void refusesTakenName() throws Exception {
            server.device("web-1", "");
            assertEquals(
                    409,
                    server.patch(path(server.device("web-2", "")), 1, "{\"name\":\"web-1\"}")
                            .status());
        }

        @Test
        void isRefusedOnceRevoked() throws Exception {
            String path = path(server.device("web-1", ""));
            server.post(path + "/revoke", "{\"confirm\":\"web-1\"}");
            assertEquals(409, server.patch(path, 2, "{\"volumes\":2}").status());
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "\"x\"", "[]", "null"})
        void wantsConfirmationAsFlag(String confirm) throws Exception {
            String path = path(server.device("web-1", ""));
            assertEquals(
                    400, server.patch(path, 1, "{\"confirm\":" + confirm + "}").status());
        }
    }

    @Nested
    class Life {
        @Test
        void disablesAndEnables() throws Exception {
            String path = path(server.device("web-1", ""));
            ApiServer.Answer disabled = server.post(path + "/disable", "");
            assertEquals(200, disabled.status());
            assertEquals("disabled", disabled.json().path("state").asText());
            assertEquals("\"2\"", disabled.header("ETag"));
            assertEquals(
                    "active",
                    server.post(path + "/enable", "{}").json().path("state").asText());
        }

        @Test
        void confirmsOnlyWhatIsPending() throws Exception {
            assertEquals(
                    409,
                    server.post(path(server.device("web-1", "")) + "/confirm", "")
                            .status());
        }

        @Test
        void revokesOnlyByName() throws Exception {
            String path = path(server.device("web-1", ""));
            ApiServer.Answer wrong = server.post(path + "/revoke", "{\"confirm\":\"web-2\"}");
            assertEquals(409, wrong.status());
            assertFalse(wrong.json().has("devices"));
            assertEquals(400, server.post(path + "/revoke", "").status());
            assertEquals(
                    400, server.post(path + "/revoke", "{\"confirm\":true}").status());
            ApiServer.Answer revoked = server.post(path + "/revoke", "{\"confirm\":\"web-1\"}");
            assertEquals("revoked", revoked.json().path("state").asText());
            for (String gone : List.of("unlockUrl", "thumbprint", "bindCommand")) {
                assertTrue(revoked.json().path(gone).isNull(), gone);
            }
            assertTrue(revoked.json().path("keys").isEmpty());
            server.device("web-1", "");
        }

        @Test
        void rotatesKeysAndDestroysOldOnes() throws Exception {
            JsonNode made = server.device("web-1", "");
            String path = path(made);
            assertEquals(409, server.delete(path + "/keys/1").status());
            JsonNode rotated = server.post(path + "/rotate-keys", "").json();
            assertEquals(2, rotated.path("keys").size());
            assertTrue(rotated.path("keys").path(0).path("hidden").asBoolean());
            assertEquals(made.path("unlockUrl"), rotated.path("unlockUrl"));
            assertFalse(made.path("thumbprint").equals(rotated.path("thumbprint")));
            for (String none : List.of("3", "0", "x", "9999999999")) {
                assertEquals(404, server.delete(path + "/keys/" + none).status(), none);
            }
            assertEquals(
                    400,
                    server.call("DELETE", path + "/keys/1", "{\"confirm\":\"1\"}")
                            .status());
            assertEquals(204, server.delete(path + "/keys/1").status());
            assertEquals(1, server.get(path).json().path("keys").size());
        }

        @Test
        void destroysNoGenerationThatIsInUseUnconfirmed() throws Exception {
            JsonNode made = server.device("web-1", ",\"sources\":[\"192.0.2.1\"]");
            String path = path(made);
            server.unlock(made.path("id").asText(), "192.0.2.1");
            server.post(path + "/rotate-keys", "");
            ApiServer.Answer refused = server.delete(path + "/keys/1");
            assertEquals(409, refused.status());
            String problem = refused.json().path("problems").path(0).asText();
            String time = server.get(path + "/history")
                    .json()
                    .path("items")
                    .path(0)
                    .path("time")
                    .asText();
            assertTrue(problem.contains("last asked for at " + time + " from 192.0.2.1 (allowed)"), problem);
            assertEquals(
                    409,
                    server.call("DELETE", path + "/keys/1", "{\"confirm\":2}").status());
            assertEquals(2, server.get(path).json().path("keys").size());
            assertEquals(
                    204,
                    server.call("DELETE", path + "/keys/1", "{\"confirm\":1}").status());
            assertEquals(1, server.get(path).json().path("keys").size());
        }

        @ParameterizedTest
        @CsvSource({
            "GET, '', ''",
            "PATCH, '', '{}'",
            "POST, /disable, ''",
            "POST, /enable, ''",
            "POST, /confirm, ''",
            "POST, /revoke, '{\"confirm\":\"a\"}'",
            "POST, /rotate-keys, ''",
            "GET, /register-source, ''",
            "POST, /register-source, ''",
            "DELETE, /keys/1, ''",
            "POST, /allowances, '{}'",
            "GET, /allowances, ''",
            "DELETE, /allowances/x, ''",
            "GET, /temporary-deny, ''",
            "DELETE, /temporary-deny, ''",
            "POST, /dry-run, '{\"source\":\"192.0.2.1\"}'",
            "GET, /history, ''"
        })
        void isNotFoundForUnknownDevice(String method, String rest, String body) throws Exception {
            ApiServer.Answer answer = server.call(method, "/devices/no-such-device" + rest, body, "If-Match", "\"1\"");
            assertEquals(404, answer.status());
            assertEquals(List.of("no such device"), answer.problems());
        }
    }

    @Nested
    class RegisteredSource {
        private static final String AWAY = "198.51.100.7";

        private JsonNode made;
        private String path;

        @BeforeEach
        void beRefused() throws Exception {
            made = server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]");
            path = path(made) + "/register-source";
            server.unlock(made.path("id").asText(), "203.0.113.9");
            server.unlock(made.path("id").asText(), AWAY);
        }

        private ApiServer.Answer register(String body, String... headers) throws Exception {
            return server.call("POST", path, body, headers);
        }

        private void assertUnchanged() throws Exception {
            JsonNode device = server.get(path(made)).json();
            assertEquals(1, device.path("version").asInt());
            assertTrue(device.path("registeredSource").isNull());
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{}", "{\"source\":\"198.51.100.7\"}", "{\"source\":\"::ffff:198.51.100.7\"}"})
        void isThatOfTheLastRefusedAttempt(String body) throws Exception {
            JsonNode shown = server.get(path).json();
            assertUnchanged();
            ApiServer.Answer done = register(body, "If-Match", "\"1\"");
            assertEquals(200, done.status());
            assertEquals("\"2\"", done.header("ETag"));
            assertEquals(AWAY + "/32", done.json().path("registeredSource").asText());
            assertEquals(
                    "[\"192.0.2.0/24\",\"198.51.100.7/32\"]",
                    done.json().path("sources").toString());
            assertEquals(shown, done.json().path("refused"));
            String time = server.get(path(made) + "/history")
                    .json()
                    .path("items")
                    .path(0)
                    .path("time")
                    .asText();
            assertEquals(
                    "{\"source\":\"198.51.100.7\",\"time\":\"" + time + "\",\"otherSources\":1,\"complete\":true}",
                    shown.toString());
        }

        @Test
        void isNotAnother() throws Exception {
            ApiServer.Answer refused = register("{\"source\":\"203.0.113.9\"}", "If-Match", "\"1\"");
            assertEquals(409, refused.status());
            assertTrue(refused.problems().get(0).contains("came from 198.51.100.7, not from 203.0.113.9"));
            assertUnchanged();
        }

        @Test
        void wantsTheCurrentVersion() throws Exception {
            assertEquals(428, register("").status());
            assertEquals(412, register("", "If-Match", "\"2\"").status());
            assertUnchanged();
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"source\":\"198.51.100.0/24\"}", "{\"source\":7}", "{\"sources\":[]}", "[]"})
        void isWrittenAsAnAddress(String body) throws Exception {
            assertEquals(400, register(body, "If-Match", "\"1\"").status());
            assertUnchanged();
        }

        @Test
        void isNobodysWithoutARefusedAttempt() throws Exception {
            path = path(server.device("web-2", "")) + "/register-source";
            assertEquals(409, server.get(path).status());
            assertEquals(409, register("", "If-Match", "\"1\"").status());
        }

        @Test
        void isNotThatOfARevokedDevice() throws Exception {
            server.post(path(made) + "/revoke", "{\"confirm\":\"web-1\"}");
            assertEquals(List.of("the device is revoked"), server.get(path).problems());
            assertEquals(409, register("", "If-Match", "\"2\"").status());
        }
    }

    @Nested
    class DryRun {
        private JsonNode ask(String path, String source) throws Exception {
            ApiServer.Answer answer = server.post(path + "/dry-run", "{\"source\":\"" + source + "\"}");
            assertEquals(200, answer.status());
            return answer.json();
        }

        private String gates(JsonNode result) {
            List<String> gates = new ArrayList<>();
            result.path("gates")
                    .forEach(gate -> gates.add(gate.path("gate").asText() + "="
                            + gate.path("result").asText()));
            return String.join(" ", gates);
        }

        @ParameterizedTest
        @CsvSource({
            "192.0.2.1, allowed, allowed, key=pass lockdown=pass temporary-deny=pass state=pass source=pass"
                    + " rule=pass approval=pass",
            "::ffff:192.0.2.1, allowed, allowed, key=pass lockdown=pass temporary-deny=pass state=pass source=pass"
                    + " rule=pass approval=pass",
            "198.51.100.1, denied, source-not-allowed, key=pass lockdown=pass temporary-deny=pass state=pass source=fail"
                    + " rule=not-reached approval=not-reached"
        })
        void showsWhichGateDecides(String source, String outcome, String reason, String gates) throws Exception {
            JsonNode result = ask(path(server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]")), source);
            assertEquals(outcome, result.path("outcome").asText());
            assertEquals(reason, result.path("reason").asText());
            assertEquals(gates, gates(result));
            assertTrue(result.path("warnings").isArray());
        }

        @Test
        void showsWhatAnAllowanceSkips() throws Exception {
            String path = path(server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]"));
            server.post(path + "/disable", "");
            assertEquals("disabled", ask(path, "192.0.2.1").path("reason").asText());
            server.post(path + "/allowances", "");
            JsonNode result = ask(path, "192.0.2.1");
            assertEquals("allowed-once", result.path("reason").asText());
            assertTrue(gates(result).contains("state=skipped"), gates(result));
        }

        @Test
        void showsLockdownAndRevocation() throws Exception {
            String path = path(server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]"));
            server.post("/lockdowns", "{\"reason\":\"stolen\"}");
            assertEquals("lockdown", ask(path, "192.0.2.1").path("reason").asText());
            server.post(path + "/revoke", "{\"confirm\":\"web-1\"}");
            assertEquals("revoked", ask(path, "192.0.2.1").path("reason").asText());
        }

        @Test
        void changesNothing() throws Exception {
            String path = path(server.device("web-1", ",\"sources\":[\"192.0.2.0/24\"]"));
            server.post(path + "/allowances", "{\"uses\":1}");
            ask(path, "192.0.2.1");
            assertEquals(
                    1,
                    server.get(path + "/allowances")
                            .json()
                            .path("items")
                            .path(0)
                            .path("usesLeft")
                            .asInt());
            assertTrue(server.get("/history").json().path("items").isEmpty());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"source\":null}",
                    "{\"source\":1}",
                    "{\"source\":\"\"}",
                    "{\"source\":\"192.0.2.0/24\"}",
                    "{\"source\":\"localhost\"}",
                    "{\"source\":\"[::1]\"}",
                    "{\"source\":\"fe80::1%eth0\"}"
                })
        void wantsOneAddress(String body) throws Exception {
            assertEquals(
                    400,
                    server.post(path(server.device("web-1", "")) + "/dry-run", body)
                            .status());
        }
    }
}
