package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.servlet.internal.api.ApiRoute;
import io.panocrypt.servlet.internal.api.ApiRoutes;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAccessTest {
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

    private HttpRequest.Builder request(String method, String path) {
        return HttpRequest.newBuilder(server.uri("/api/v1" + path)).method(method, HttpRequest.BodyPublishers.noBody());
    }

    private static String concrete(ApiRoute route) {
        return route.template().replaceAll("\\{[a-z]+}", "1");
    }

    @Nested
    class Authentication {
        @ParameterizedTest
        @ValueSource(strings = {"/devices", "/nothing-here", "", "/devices/x/disable"})
        void asksForTokenBeforeAnythingElse(String path) throws Exception {
            for (String method : Set.of("GET", "POST", "PUT", "DELETE")) {
                ApiServer.Answer answer = server.send(request(method, path));
                assertEquals(401, answer.status(), method);
                assertEquals("Bearer", answer.header("WWW-Authenticate"));
                assertEquals("application/problem+json", answer.header("Content-Type"));
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"Bearer", "Bearer ", "Bearer wrong", "Basic dTpw", "TOKEN", "Bearer a b", "Bearer \"x\""})
        void refusesAnythingButMembersToken(String header) throws Exception {
            assertEquals(
                    401,
                    server.send(request("GET", "/devices").header("Authorization", header))
                            .status());
        }

        /** A caller that sent a token needs to know that it is no longer, or not yet, known. */
        @Test
        void saysWhetherNoTokenCameOrAnUnknownOne() throws Exception {
            assertEquals(
                    List.of("a member's bearer token is needed"),
                    server.send(request("GET", "/devices")).problems());
            assertEquals(
                    List.of("no member has this token: it is wrong, replaced or expired"),
                    server.send(request("GET", "/devices").header("Authorization", "Bearer wrong"))
                            .problems());
        }

        @Test
        void refusesTwoTokens() throws Exception {
            String good = "Bearer " + server.adminToken();
            assertEquals(
                    401,
                    server.send(request("GET", "/devices").headers("Authorization", good, "Authorization", good))
                            .status());
        }

        @Test
        void takesSchemeInAnyCase() throws Exception {
            assertEquals(
                    200,
                    server.send(request("GET", "/devices").header("Authorization", "bEARER " + server.adminToken()))
                            .status());
        }

        @Test
        void refusesTokenThatWasReplaced() throws Exception {
            server.panocrypt().members().replaceAdministratorToken();
            assertEquals(401, server.get("/devices").status());
        }
    }

    @Nested
    class Roles {
        @ParameterizedTest
        @ValueSource(strings = {"VIEWER", "APPROVER", "ADMIN"})
        void admitsExactlyWhoMayOnEachRoute(Role role) throws Exception {
            String token = server.member("somebody", role).token();
            for (ApiRoute route : ApiRoutes.of(server.panocrypt())) {
                ApiServer.Answer answer = server.send(
                        request(route.method(), concrete(route)).header("Authorization", "Bearer " + token));
                boolean may = role.compareTo(route.minimum()) >= 0;
                assertEquals(!may, answer.status() == 403, role + " " + route.method() + " " + route.template());
            }
        }

        @ParameterizedTest
        @CsvSource({
            "VIEWER, GET, /devices/{id}",
            "VIEWER, GET, /audit",
            "VIEWER, GET, /members/{id}",
            "VIEWER, GET, /requests",
            "APPROVER, POST, /requests/{id}/approve",
            "APPROVER, POST, /requests/{id}/deny",
            "APPROVER, POST, /requests/{id}/defer",
            "ADMIN, POST, /members",
            "ADMIN, PATCH, /members/{id}",
            "ADMIN, DELETE, /members/{id}",
            "ADMIN, POST, /members/{id}/token",
            "ADMIN, POST, /user-groups",
            "ADMIN, GET, /enrollment-keys",
            "ADMIN, GET, /enrollment-keys/{id}",
            "ADMIN, POST, /enrollment-keys",
            "ADMIN, DELETE, /enrollment-keys/{id}",
            "ADMIN, PATCH, /user-groups/{id}",
            "ADMIN, POST, /approval-groups",
            "ADMIN, DELETE, /approval-groups/{id}",
            "APPROVER, POST, /devices/{id}/disable",
            "APPROVER, POST, /lockdowns",
            "ADMIN, POST, /devices/{id}/enable",
            "ADMIN, DELETE, /lockdowns/{id}",
            "ADMIN, POST, /devices/{id}/allowances",
            "ADMIN, PATCH, /network-access-lists/{id}"
        })
        void asksForThatRoleAtLeast(Role role, String method, String template) {
            ApiRoute found = ApiRoutes.of(server.panocrypt()).stream()
                    .filter(route ->
                            route.method().equals(method) && route.template().equals(template))
                    .findFirst()
                    .orElseThrow();
            assertEquals(role, found.minimum());
        }
    }

    @Nested
    class Routing {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "/",
                    "/device",
                    "/devices/",
                    "/devices/x/",
                    "/devices/UPPER",
                    "/devices/x/enabled",
                    "/devices/x/keys/1/2",
                    "/devices/%78",
                    "/devices/x;a=b",
                    "/openapi.jso"
                })
        void knowsNoOtherPath(String path) throws Exception {
            ApiServer.Answer answer = server.get(path);
            assertEquals(404, answer.status());
            assertEquals(404, answer.json().path("status").asInt());
        }

        @ParameterizedTest
        @CsvSource({
            "/lockdowns/ID, no such id",
            "/requests/4KRTQN, no such id",
            "/devices/Web.1/allowances, no such id",
            "/lockdown/ID, no such path",
            "/devices/x/, no such path"
        })
        void distinguishesAnImpossibleIdFromAnUnknownPath(String path, String problem) throws Exception {
            assertTrue(server.get(path).json().path("problems").path(0).asText().startsWith(problem));
        }

        @Test
        void readsTheMountPointAsItIsWrittenToo() throws Exception {
            for (String target : Set.of("/api/%76%31/devices", "/api/v1/%64evices", "/api/v1/x/../devices")) {
                String status = server.raw(("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                + "Authorization: Bearer " + server.adminToken() + "\r\n\r\n")
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                assertTrue(status.contains(" 404 ") || status.contains(" 400 "), target + ": " + status);
            }
        }

        @Test
        void namesTheMethodsOfKnownPath() throws Exception {
            for (ApiRoute route : ApiRoutes.of(server.panocrypt())) {
                String path = concrete(route);
                ApiServer.Answer answer = server.call("PUT", path, "");
                assertEquals(405, answer.status(), path);
                Set<String> allowed = ApiRoutes.of(server.panocrypt()).stream()
                        .filter(other -> other.match(path).isPresent())
                        .map(ApiRoute::method)
                        .collect(Collectors.toCollection(TreeSet::new));
                assertEquals(String.join(", ", allowed), answer.header("Allow"));
            }
        }

        @Test
        void hasNoTwoRoutesForOneCall() {
            Set<String> seen = new HashSet<>();
            for (ApiRoute route : ApiRoutes.of(server.panocrypt())) {
                assertTrue(seen.add(route.method() + " " + concrete(route)), route.template());
            }
            assertFalse(seen.isEmpty());
        }
    }

    @Nested
    class Description {
        @Test
        void isServedWithoutToken() throws Exception {
            ApiServer.Answer answer = server.send(request("GET", "/openapi.json"));
            assertEquals(200, answer.status());
            assertEquals("application/json", answer.header("Content-Type"));
            assertTrue(answer.json().path("openapi").asText().startsWith("3.1"));
            assertEquals("GET", server.post("/openapi.json", "").header("Allow"));
        }

        @Test
        void listsExactlyTheRouteTable() throws Exception {
            Set<String> documented = new TreeSet<>();
            server.get("/openapi.json")
                    .json()
                    .path("paths")
                    .properties()
                    .forEach(path -> path.getValue()
                            .fieldNames()
                            .forEachRemaining(
                                    method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
            Set<String> real = new TreeSet<>(Set.of("GET /openapi.json", "POST /enroll"));
            ApiRoutes.of(server.panocrypt()).forEach(route -> real.add(route.method() + " " + route.template()));
            assertEquals(real, documented);
        }

        @Test
        void namesRoleAndQueryParametersOfEachRoute() throws Exception {
            JsonNode document = server.get("/openapi.json").json();
            for (ApiRoute route : ApiRoutes.of(server.panocrypt())) {
                JsonNode call = document.path("paths")
                        .path(route.template())
                        .path(route.method().toLowerCase(Locale.ROOT));
                assertEquals(
                        route.minimum().wireName(), call.path("x-minimum-role").asText(), route.template());
                Scope.Act act = route.act();
                assertEquals(
                        act == null ? "" : act.wireName(),
                        call.path("x-service-account-act").asText(""),
                        route.template());
                Set<String> query = new HashSet<>();
                for (JsonNode reference : call.path("parameters")) {
                    JsonNode parameter = resolve(document, reference);
                    if (parameter.path("in").asText().equals("query")) {
                        query.add(parameter.path("name").asText());
                    }
                }
                assertEquals(route.parameters(), query, route.template());
            }
        }

        @Test
        void refersToNothingThatIsMissing() throws Exception {
            JsonNode document = server.get("/openapi.json").json();
            var references = document.findValues("$ref");
            assertFalse(references.isEmpty());
            for (JsonNode reference : references) {
                assertFalse(
                        document.at(reference.asText().substring(1)).isMissingNode(), () -> reference + " is missing");
            }
        }

        private JsonNode resolve(JsonNode document, JsonNode reference) {
            return document.at(reference.path("$ref").asText().substring(1));
        }
    }

    @Nested
    class EveryAnswer {
        @Test
        void isNeverStored() throws Exception {
            for (ApiServer.Answer answer : java.util.List.of(
                    server.get("/devices"),
                    server.get("/nothing"),
                    server.send(request("GET", "/devices")),
                    server.send(request("GET", "/openapi.json")),
                    server.delete(
                            "/devices/" + server.device("a", "").path("id").asText() + "/temporary-deny"))) {
                assertEquals("no-store", answer.header("Cache-Control"));
                assertEquals("no-referrer", answer.header("Referrer-Policy"));
                assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            }
        }
    }

    @Nested
    class Faults {
        @Test
        void ofTheStoreAre503WithRetryAfter() throws Exception {
            server.breakStore(new StoreException("secret detail"));
            ApiServer.Answer answer = server.get("/devices");
            assertEquals(503, answer.status());
            assertEquals("5", answer.header("Retry-After"));
            assertFalse(answer.response().body().contains("secret"));
        }

        @Test
        void ofAnyOtherKindAre500AndTellNothing() throws Exception {
            // The first call looks the token up; a fault there is one of the operator directory.
            server.breakFromCall(2, new IllegalStateException("secret detail"));
            ApiServer.Answer answer = server.get("/devices");
            assertEquals(500, answer.status());
            assertEquals(
                    "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,\"problems\":[]}",
                    answer.response().body());
            assertEquals("no-store", answer.header("Cache-Control"));
        }
    }

    @Nested
    class Health {
        private ApiServer.Answer health(String method, String path) throws Exception {
            return server.send(
                    HttpRequest.newBuilder(server.uri(path)).method(method, HttpRequest.BodyPublishers.noBody()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"/healthz", "/readyz"})
        void isOkWithoutToken(String path) throws Exception {
            ApiServer.Answer answer = health("GET", path);
            assertEquals(200, answer.status());
            assertEquals("ok", answer.response().body());
            assertEquals("no-store", answer.header("Cache-Control"));
            assertEquals(200, health("HEAD", path).status());
        }

        @Test
        void isAliveButNotReadyWhileTheStoreFails() throws Exception {
            server.breakStore(new StoreException("secret detail"));
            assertEquals(200, health("GET", "/healthz").status());
            ApiServer.Answer ready = health("GET", "/readyz");
            assertEquals(503, ready.status());
            assertEquals("5", ready.header("Retry-After"));
            assertFalse(ready.response().body().contains("secret"));
        }

        @Test
        void admitsNoOtherMethod() throws Exception {
            ApiServer.Answer answer = health("POST", "/healthz");
            assertEquals(405, answer.status());
            assertEquals("GET, HEAD", answer.header("Allow"));
        }
    }
}
