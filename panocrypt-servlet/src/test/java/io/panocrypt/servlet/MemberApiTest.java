package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.model.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members, their tokens, and the sets they form. */
class MemberApiTest {
    private static final String SHOWN =
            "[contacts, created, directory, id, name, role, scopes, subject, tokenExpires, version]";

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

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private int statusAs(String token) throws Exception {
        return server.callAs(token, "GET", "/devices", "").status();
    }

    @Nested
    class Making {
        @Test
        void showsTheTokenOnce() throws Exception {
            ApiServer.Answer made = server.post(
                    "/members", "{\"name\":\"eva\",\"role\":\"approver\",\"contacts\":[\"mailto:eva@example.org\"]}");
            assertEquals(201, made.status());
            assertEquals("\"1\"", made.header("ETag"));
            String path = "/members/" + made.json().path("id").asText();
            assertEquals("/api/v1" + path, made.header("Location"));
            assertEquals("no-store", made.header("Cache-Control"));
            assertEquals(200, statusAs(made.json().path("token").asText()));

            JsonNode read = server.get(path).json();
            assertEquals(SHOWN, names(read).toString());
            assertEquals("approver", read.path("role").asText());
            assertEquals("[\"mailto:eva@example.org\"]", read.path("contacts").toString());
            assertTrue(read.path("tokenExpires").isNull());
            JsonNode list = server.get("/members").json().path("items");
            assertEquals(2, list.size());
            list.forEach(member -> assertEquals(SHOWN, names(member).toString()));
        }

        @Test
        void makesViewerWhoseTokenEndsWhenAsked() throws Exception {
            JsonNode made = server.post("/members", "{\"name\":\"eva\",\"tokenExpiresIn\":\"PT1H\"}")
                    .json();
            assertEquals("viewer", made.path("role").asText());
            assertEquals(
                    Duration.ofHours(1),
                    Duration.between(
                            Instant.parse(made.path("created").asText()),
                            Instant.parse(made.path("tokenExpires").asText())));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{}                                            | 400",
                    "{\"name\":\"A B\"}                            | 400",
                    "{\"name\":\"a\",\"role\":\"owner\"}           | 400",
                    "{\"name\":\"a\",\"role\":null}                | 400",
                    "{\"name\":\"a\",\"contacts\":\"x\"}           | 400",
                    "{\"name\":\"a\",\"tokenExpiresIn\":\"soon\"}  | 400",
                    "{\"name\":\"a\",\"tokenExpiresIn\":\"PT0S\"}  | 400",
                    "{\"name\":\"a\",\"tokenExpiresIn\":\"P9999D\"} | 400",
                    "{\"name\":\"a\",\"token\":\"chosen\"}         | 400",
                    "{\"name\":\"administrator\"}                  | 409"
                })
        void validatesItsInput(String body, int status) throws Exception {
            ApiServer.Answer answer = server.post("/members", body);
            assertEquals(status, answer.status());
            assertFalse(answer.json().has("token"));
        }
    }

    @Nested
    class OfADirectory {
        @Test
        void isMadeWithoutAToken() throws Exception {
            ApiServer.Answer made =
                    server.post("/members", "{\"name\":\"eva\",\"directory\":\"corp\",\"subject\":\"Eva Q.\"}");
            assertEquals(201, made.status());
            assertEquals(SHOWN, names(made.json()).toString());
            assertEquals("corp", made.json().path("directory").asText());
            assertEquals("Eva Q.", made.json().path("subject").asText());
            String path = "/members/" + made.json().path("id").asText();
            assertEquals(made.json(), server.get(path).json());
            assertEquals(409, server.post(path + "/token", "").status());
            assertEquals(409, server.patch(path, 1, "{\"role\":\"admin\"}").status());
            assertEquals(
                    409,
                    server.post("/members", "{\"name\":\"eve\",\"directory\":\"corp\",\"subject\":\"Eva Q.\"}")
                            .status());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"directory\":\"corp\"",
                    "\"subject\":\"eva\"",
                    "\"directory\":\"Corp!\",\"subject\":\"eva\"",
                    "\"directory\":\"corp\",\"subject\":\"\"",
                    "\"directory\":\"corp\",\"subject\":\"eva\",\"tokenExpiresIn\":\"PT1H\""
                })
        void isCheckedWhenMade(String members) throws Exception {
            assertEquals(
                    400,
                    server.post("/members", "{\"name\":\"eva\"," + members + "}")
                            .status());
        }
    }

    @Nested
    class Changing {
        @Test
        void actsOnTheNextCall() throws Exception {
            Members.Issued eva = server.member("eva", Role.VIEWER);
            String path = "/members/" + eva.member().id();
            assertEquals(403, server.callAs(eva.token(), "POST", "/members", "").status());
            assertEquals(428, server.call("PATCH", path, "{}").status());
            ApiServer.Answer edited = server.patch(path, 1, "{\"role\":\"admin\"}");
            assertEquals(200, edited.status());
            assertEquals("\"2\"", edited.header("ETag"));
            assertEquals("[]", edited.json().path("warnings").toString());
            assertEquals(400, server.callAs(eva.token(), "POST", "/members", "").status());
            assertEquals(412, server.patch(path, 1, "{}").status());
            assertEquals(
                    400, server.patch(path, 2, "{\"tokenExpiresIn\":\"PT1H\"}").status());

            assertEquals(204, server.delete(path).status());
            assertEquals(401, statusAs(eva.token()));
            assertEquals(404, server.get(path).status());
        }

        @Test
        void keepsTheLastAdministrator() throws Exception {
            assertEquals(409, server.delete("/members/administrator").status());
            assertEquals(409, server.delete("/members/me").status());
            assertEquals(
                    409, server.patch("/members/me", 1, "{\"role\":\"viewer\"}").status());
            server.member("second", Role.ADMIN);
            assertEquals(204, server.delete("/members/me").status());
        }
    }

    @Nested
    class Oneself {
        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SERVICE")
        void isReadAndGetsFreshToken(Role role) throws Exception {
            Members.Issued eva = server.member("eva", role);
            assertEquals(
                    eva.member().id(),
                    server.callAs(eva.token(), "GET", "/members/me", "")
                            .json()
                            .path("id")
                            .asText());
            ApiServer.Answer rotated =
                    server.callAs(eva.token(), "POST", "/members/me/token", "{\"expiresIn\":\"P1D\"}");
            assertEquals(200, rotated.status());
            assertEquals("[id, token]", names(rotated.json()).toString());
            String fresh = rotated.json().path("token").asText();
            assertNotEquals(eva.token(), fresh);
            assertEquals(401, statusAs(eva.token()));
            assertEquals(200, statusAs(fresh));
            String own = "/members/" + eva.member().id() + "/token";
            assertEquals(200, server.callAs(fresh, "POST", own, "").status());
        }

        @ParameterizedTest
        @CsvSource({"VIEWER, 403", "APPROVER, 403", "ADMIN, 200"})
        void isNoOtherMember(Role role, int status) throws Exception {
            Members.Issued eva = server.member("eva", role);
            Members.Issued bob = server.member("bob", Role.VIEWER);
            String path = "/members/" + bob.member().id() + "/token";
            assertEquals(status, server.callAs(eva.token(), "POST", path, "").status());
            assertEquals(status == 200 ? 401 : 200, statusAs(bob.token()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"PATCH", "DELETE"})
        void gainsNothingElseFromIt(String method) throws Exception {
            Members.Issued eva = server.member("eva", Role.APPROVER);
            assertEquals(
                    403,
                    server.callAs(eva.token(), method, "/members/me", "{\"role\":\"admin\"}", "If-Match", "\"1\"")
                            .status());
        }
    }

    @Nested
    class UserGroups {
        @Test
        void areMadeReadEditedAndRemoved() throws Exception {
            String eva = server.member("eva", Role.APPROVER).member().id();
            String bob = server.member("bob", Role.APPROVER).member().id();
            ApiServer.Answer made =
                    server.post("/user-groups", "{\"name\":\"night-shift\",\"members\":[\"" + eva + "\"]}");
            assertEquals(201, made.status());
            assertEquals("\"1\"", made.header("ETag"));
            assertEquals("[id, members, name, version]", names(made.json()).toString());
            String path = "/user-groups/" + made.json().path("id").asText();
            assertEquals(made.json(), server.get(path).json());
            assertEquals(
                    made.json(), server.get("/user-groups").json().path("items").path(0));

            assertEquals(428, server.call("PATCH", path, "{}").status());
            ApiServer.Answer edited = server.patch(path, 1, "{\"members\":[\"" + bob + "\"]}");
            assertEquals("[\"" + bob + "\"]", edited.json().path("members").toString());
            assertEquals("night-shift", edited.json().path("name").asText());
            assertEquals(412, server.patch(path, 1, "{}").status());
            assertEquals(
                    409,
                    server.post("/user-groups", "{\"name\":\"night-shift\"}").status());
            assertEquals(204, server.delete(path).status());
            assertEquals(404, server.get(path).status());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"name\":\"A B\"}",
                    "{\"name\":\"a\",\"members\":\"eva\"}",
                    "{\"name\":\"a\",\"members\":[\"nobody\"]}",
                    "{\"name\":\"a\",\"members\":[\"A B\"]}",
                    "{\"name\":\"a\",\"quorum\":1}"
                })
        void areCheckedWhenMade(String body) throws Exception {
            assertEquals(400, server.post("/user-groups", body).status());
            assertTrue(server.get("/user-groups").json().path("items").isEmpty());
        }
    }
}
