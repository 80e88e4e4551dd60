package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.servlet.internal.api.ApiRoute;
import io.panocrypt.servlet.internal.api.ApiRoutes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Service accounts over REST: what they may call, and that they learn of no device outside their scopes. */
class ServiceAccountApiTest {
    @TempDir
    Path directory;

    private ApiServer server;
    private String inside;
    private String outside;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory);
        inside = server.device("test-1", ",\"tags\":[\"env=test\",\"web\"]")
                .path("id")
                .asText();
        outside = server.device("prod-1", ",\"tags\":[\"env=prod\",\"web\"]")
                .path("id")
                .asText();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private static String scope(String act, String tag) {
        return "{\"act\":\"" + act + "\",\"tags\":[\"" + tag + "\"]}";
    }

    private JsonNode account(String... scopes) throws Exception {
        ApiServer.Answer made =
                server.post("/members", "{\"name\":\"ci\",\"scopes\":[" + String.join(",", scopes) + "]}");
        assertEquals(201, made.status(), made.response().body());
        return made.json();
    }

    private String tokenOf(String... scopes) throws Exception {
        return account(scopes).path("token").asText();
    }

    private static String[] everyAct(String tag) {
        return Arrays.stream(Scope.Act.values())
                .map(act -> scope(act.wireName(), tag))
                .toArray(String[]::new);
    }

    @Test
    void isMadeShownAndEdited() throws Exception {
        JsonNode made = account(scope("allow-once", "env=test"));
        assertEquals("service", made.path("role").asText());
        assertEquals(
                "[{\"act\":\"allow-once\",\"tags\":[\"env=test\"]}]",
                made.path("scopes").toString());
        String path = "/members/" + made.path("id").asText();
        ApiServer.Answer edited = server.patch(path, 1, "{\"scopes\":[" + scope("read", "web") + "]}");
        assertEquals(200, edited.status());
        assertEquals(edited.json().path("scopes"), server.get(path).json().path("scopes"));
        assertEquals(400, server.patch(path, 2, "{\"role\":\"admin\"}").status());
        assertEquals(400, server.patch(path, 2, "{\"scopes\":[]}").status());
        assertEquals(
                400,
                server.patch("/members/me", 1, "{\"scopes\":[" + scope("read", "web") + "]}")
                        .status());

        String token = made.path("token").asText();
        assertEquals(
                "ci",
                server.callAs(token, "GET", "/members/me", "")
                        .json()
                        .path("name")
                        .asText());
        assertEquals(200, server.callAs(token, "POST", "/members/me/token", "").status());
        assertEquals(401, server.callAs(token, "GET", "/members/me", "").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"scopes\":[]",
                "\"scopes\":{}",
                "\"scopes\":[\"read\"]",
                "\"scopes\":[{\"act\":\"read\"}]",
                "\"scopes\":[{\"act\":\"read\",\"tags\":[]}]",
                "\"scopes\":[{\"act\":\"read\",\"tags\":[\"a b\"]}]",
                "\"scopes\":[{\"act\":\"revoke\",\"tags\":[\"a\"]}]",
                "\"scopes\":[{\"tags\":[\"a\"]}]",
                "\"scopes\":[{\"act\":\"read\",\"tags\":[\"a\"],\"more\":1}]",
                "\"role\":\"service\"",
                "\"role\":\"viewer\",\"scopes\":[{\"act\":\"read\",\"tags\":[\"a\"]}]",
                "\"contacts\":[\"mailto:a@example.org\"],\"scopes\":[{\"act\":\"read\",\"tags\":[\"a\"]}]",
                "\"directory\":\"corp\",\"subject\":\"a\",\"scopes\":[{\"act\":\"read\",\"tags\":[\"a\"]}]"
            })
    void isCheckedWhenMade(String members) throws Exception {
        assertEquals(
                400,
                server.post("/members", "{\"name\":\"ci\"," + members + "}").status());
    }

    /** Of what every person may do about oneself, an account may read itself and rotate its token. */
    @Test
    void callsLittleAboutItself() throws Exception {
        String token = tokenOf(everyAct("env=test"));
        for (ApiRoute route : ApiRoutes.of(server.panocrypt())) {
            if (route.oneself() != null && !route.template().endsWith("/token")) {
                String path = route.template().replaceFirst("\\{id}", "me").replaceAll("\\{[a-z]+}", "1");
                ApiServer.Answer answer = server.callAs(token, route.method(), path, "");
                assertEquals(path.equals("/members/me") ? 200 : 403, answer.status(), route.method() + " " + path);
            }
        }
    }

    /** The scopes name every act, so what is refused is no service account's to call. */
    @Test
    void callsOnlyWhatIsMeantForIt() throws Exception {
        String token = tokenOf(everyAct("env=test"));
        for (ApiRoute route : ApiRoutes.of(server.panocrypt())) {
            String path = route.template().replaceFirst("\\{id}", inside).replaceAll("\\{[a-z]+}", "1");
            ApiServer.Answer answer = server.callAs(token, route.method(), path, "");
            assertEquals(
                    route.act() == null, answer.status() == 403, route.method() + " " + path + ": " + answer.status());
        }
    }

    @Test
    void doesWhatItsScopesName() throws Exception {
        String token = tokenOf(everyAct("env=test"));
        String device = "/devices/" + inside;
        assertEquals(
                201,
                server.callAs(token, "POST", device + "/allowances", "{\"uses\":1}")
                        .status());
        assertEquals(200, server.callAs(token, "POST", device + "/disable", "").status());
        assertEquals(200, server.callAs(token, "POST", device + "/enable", "").status());
        assertEquals(
                200,
                server.callAs(token, "POST", device + "/dry-run", "{\"source\":\"192.0.2.1\"}")
                        .status());
        String made = "{\"name\":\"test-2\",\"curve\":\"P-256\",\"tags\":[\"env=test\"]}";
        assertEquals(201, server.callAs(token, "POST", "/devices", made).status());
        assertEquals(
                403,
                server.callAs(token, "POST", "/devices", made.replace("env=test", "env=prod"))
                        .status());
        JsonNode row = server.get("/audit").json().path("items").path(0);
        assertEquals("device.create", row.path("action").asText());
        assertEquals(server.callAs(token, "GET", "/members/me", "").json().path("id"), row.path("actor"));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, allow-once, /allowances, 403",
        "POST, disable, /disable, 403",
        "POST, enable, /enable, 403",
        "POST, dry-run, /dry-run, 403",
        "GET, read, '', 404",
        "GET, read, /history, 404",
        "GET, read, /allowances, 404",
        "GET, read, /temporary-deny, 404"
    })
    void learnsOfNoOtherDevice(String method, String act, String call, int status) throws Exception {
        String token = tokenOf(scope(act, "env=test"));
        String body = act.equals("dry-run") ? "{\"source\":\"192.0.2.1\"}" : "";
        ApiServer.Answer other = server.callAs(token, method, "/devices/" + outside + call, body);
        ApiServer.Answer none = server.callAs(token, method, "/devices/4krtqn" + call, body);
        assertEquals(status, other.status());
        assertEquals(none.response().body(), other.response().body());
        assertFalse(other.response().body().contains("prod-1"));
        assertTrue(
                server.callAs(token, method, "/devices/" + inside + call, body).status() < 300);
    }

    @Test
    void seesItsDevicesInLists() throws Exception {
        String token = tokenOf(scope("read", "env=test"));
        for (String query : List.of("", "?tag=web", "?q=1", "?limit=1", "?state=active")) {
            JsonNode items =
                    server.callAs(token, "GET", "/devices" + query, "").json().path("items");
            assertEquals(1, items.size(), query);
            assertEquals(inside, items.path(0).path("id").asText());
        }
        assertTrue(server.callAs(token, "GET", "/devices?name=prod-1", "")
                .json()
                .path("items")
                .isEmpty());
        assertEquals(
                403, server.callAs(tokenFor("other"), "GET", "/devices", "").status());
    }

    /** An account that may disable, and not read. */
    private String tokenFor(String name) throws Exception {
        return server.post("/members", "{\"name\":\"" + name + "\",\"scopes\":[" + scope("disable", "web") + "]}")
                .json()
                .path("token")
                .asText();
    }

    /** Any approver may stop any device; a service account may stop those of its scopes. */
    @Test
    void losesTheRightWithTheTag() throws Exception {
        String token = tokenOf(scope("disable", "env=test"), scope("read", "env=test"));
        Panocrypt panocrypt = server.panocrypt();
        server.beforeNextEdit(() -> panocrypt
                .devices()
                .edit(
                        io.panocrypt.policy.model.Actor.HOST,
                        inside,
                        panocrypt.devices().get(inside).version(),
                        io.panocrypt.policy.model.DeviceChange.none().withTags("env=prod"),
                        false));
        ApiServer.Answer refused = server.callAs(token, "POST", "/devices/" + inside + "/disable", "");
        assertEquals(403, refused.status());
        assertEquals(List.of("no scope of this service account allows disable on such a device"), refused.problems());
        assertEquals(404, server.callAs(token, "GET", "/devices/" + inside, "").status());
        assertEquals(
                "active", server.get("/devices/" + inside).json().path("state").asText());
        assertEquals(
                "device.edit",
                server.get("/audit").json().path("items").path(0).path("action").asText());
    }

    @Test
    void isToldWhichActsThereAre() throws Exception {
        ApiServer.Answer refused = server.post("/members", "{\"name\":\"ci\",\"scopes\":[" + scope("sudo", "a") + "]}");
        assertEquals(
                List.of("act must be one of "
                        + Arrays.stream(Scope.Act.values())
                                .map(Scope.Act::wireName)
                                .collect(Collectors.joining(", "))),
                refused.problems());
    }
}
