package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.security.ConstraintMapping;
import org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.Constraint;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.security.Credential;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The REST interface for users whom Jetty itself has authenticated, by their passwords. */
class OperatorDirectoryTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<String, Role> ROLES =
            Map.of("ops-admins", Role.ADMIN, "ops", Role.APPROVER, "staff", Role.VIEWER);
    private static final String[] OWN_PAGE = {"Sec-Fetch-Site", "same-origin"};

    @TempDir
    Path directory;

    private MasterKey master;
    private Panocrypt panocrypt;
    private String token;
    private final UserStore users = new UserStore();
    private Server server;

    @BeforeEach
    void open() throws Exception {
        master = MasterKey.create(directory.resolve("master-key"), new SecureRandom());
        panocrypt = Panocrypt.builder()
                .store(new MemoryStore(InstantSource.system(), "test-node"))
                .custody(SealedKeyCustody.of(master))
                .publicUrl(URI.create("http://192.0.2.1:8080"))
                .build();
        token = panocrypt.members().createFirstAdministrator().orElseThrow();
        user("ada", "ops-admins", "staff");
        user("eva", "ops");
        user("Zoe Q.", "canteen");
    }

    @AfterEach
    void close() throws Exception {
        server.stop();
        panocrypt.close();
        master.close();
    }

    private void user(String name, String... roles) {
        users.addUser(name, Credential.getCredential("secret"), roles);
    }

    private PrincipalDirectory principals() {
        return OperatorDirectory.ofPrincipal(panocrypt, "corp", ROLES);
    }

    private void serve(OperatorDirectory operators) throws Exception {
        HashLoginService logins = new HashLoginService("test");
        logins.setUserStore(users);
        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setAuthenticator(new BasicAuthenticator());
        security.setLoginService(logins);
        ConstraintMapping everybody = new ConstraintMapping();
        everybody.setPathSpec("/*");
        everybody.setConstraint(Constraint.ALLOWED);
        security.addConstraintMapping(everybody);
        server = new Server(new InetSocketAddress("127.0.0.1", 0));
        server.addBean(logins);
        ServletContextHandler context = new ServletContextHandler("/");
        context.setSecurityHandler(security);
        context.addServlet(new ServletHolder(new ApiServlet(panocrypt, operators)), "/api/v1/*");
        server.setHandler(context);
        server.start();
    }

    private record Answer(int status, HttpResponse<String> response, JsonNode json) {
        String problem() {
            return json.path("problems").path(0).asText();
        }
    }

    private Answer call(String authorization, String method, String path, String body, String... headers)
            throws Exception {
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response, MAPPER.readTree(response.body()));
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    private List<String> actors() {
        return panocrypt.history().audit(null, 100).items().stream()
                .map(AuditRecord::actor)
                .toList();
    }

    @Nested
    class Principals {
        @Test
        void areMembersOnFirstSightIfTheSiteWantsIt() throws Exception {
            serve(principals().membersOnFirstSight());
            Answer me = call(basic("ada"), "GET", "/members/me", "");
            assertEquals(200, me.status(), me.response().body());
            assertEquals("admin", me.json().path("role").asText());
            assertEquals("corp", me.json().path("directory").asText());
            assertEquals("ada", me.json().path("subject").asText());
            assertTrue(me.json().path("tokenExpires").isNull());
            assertEquals("directory/corp", actors().get(0));

            Answer made = call(basic("ada"), "POST", "/devices", "{\"name\":\"web-1\",\"curve\":\"P-256\"}", OWN_PAGE);
            assertEquals(201, made.status(), made.response().body());
            assertEquals(me.json().path("id").asText(), actors().get(0));
            assertEquals(
                    403, call(basic("eva"), "POST", "/devices", "{}", OWN_PAGE).status());
        }

        @Test
        void areNoMembersByDefault() throws Exception {
            serve(principals());
            Answer refused = call(basic("ada"), "GET", "/devices", "");
            assertEquals(403, refused.status());
            assertTrue(refused.problem().startsWith("not a member"), refused.problem());
            assertEquals(1, panocrypt.members().list(null, 10).items().size());

            panocrypt
                    .members()
                    .register(
                            io.panocrypt.policy.model.Actor.HOST,
                            new ExternalIdentity("corp", "ada"),
                            new MemberChange("ada", null, null));
            Answer me = call(basic("ada"), "GET", "/members/me", "");
            assertEquals("admin", me.json().path("role").asText());
        }

        @Test
        void haveTheContainersRoleAtEachRequest() throws Exception {
            serve(principals().membersOnFirstSight());
            assertEquals(200, call(basic("ada"), "GET", "/members/me", "").status());
            users.removeUser("ada");
            user("ada", "canteen");
            Answer refused = call(basic("ada"), "GET", "/devices", "");
            assertEquals(403, refused.status());
            assertTrue(refused.problem().contains("no role"), refused.problem());
            Member stored = panocrypt.members().list(null, 10).items().stream()
                    .filter(member -> member.external().isPresent())
                    .findFirst()
                    .orElseThrow();
            assertEquals(Role.VIEWER, stored.role(), "the votes of before no longer count");
            assertEquals("directory/corp", actors().get(0));
        }

        @Test
        void withoutARoleAreNeverMade() throws Exception {
            serve(principals().membersOnFirstSight());
            assertEquals(403, call(basic("Zoe Q."), "GET", "/devices", "").status());
            assertEquals(1, panocrypt.members().list(null, 10).items().size());
        }

        @Test
        void thatAreNobodyGet401WithoutAChallenge() throws Exception {
            serve(principals());
            Answer refused = call("", "GET", "/devices", "");
            assertEquals(401, refused.status());
            assertFalse(
                    refused.response().headers().firstValue("WWW-Authenticate").isPresent());
            // A token is nothing to this directory.
            assertEquals(401, call("Bearer " + token, "GET", "/devices", "").status());
        }

        @Test
        void haveNoTokenToRotate() throws Exception {
            serve(principals().membersOnFirstSight());
            Answer refused = call(basic("eva"), "POST", "/members/me/token", "", OWN_PAGE);
            assertEquals(409, refused.status());
            assertTrue(refused.problem().contains("corp"), refused.problem());
        }
    }

    @Nested
    class PagesOfOtherSites {
        @ParameterizedTest
        @CsvSource({
            "Sec-Fetch-Site, same-origin, 400",
            "Sec-Fetch-Site, none, 400",
            "Sec-Fetch-Site, same-site, 403",
            "Sec-Fetch-Site, cross-site, 403",
            "X-Requested-With, fetch, 400",
            "Accept, */*, 403"
        })
        void changeNothingForUsersOfABrowser(String header, String value, int status) throws Exception {
            serve(OperatorDirectory.firstOf(
                    OperatorDirectory.ofTokens(panocrypt), principals().membersOnFirstSight()));
            Answer answer = call(basic("ada"), "POST", "/devices", "{}", header, value);
            assertEquals(status, answer.status(), "400 is that of an empty body");
            assertEquals(
                    200,
                    call(basic("ada"), "GET", "/devices", "", header, value).status());
            assertEquals(
                    400,
                    call("Bearer " + token, "POST", "/devices", "{}", header, value)
                            .status());
        }

        @Test
        void cannotAddASecondHeader() throws Exception {
            serve(principals().membersOnFirstSight());
            assertEquals(
                    403,
                    call(
                                    basic("ada"),
                                    "POST",
                                    "/devices",
                                    "{}",
                                    "Sec-Fetch-Site",
                                    "cross-site",
                                    "Sec-Fetch-Site",
                                    "same-origin",
                                    "X-Requested-With",
                                    "fetch")
                            .status());
        }
    }

    @Nested
    class Several {
        @BeforeEach
        void both() throws Exception {
            serve(OperatorDirectory.firstOf(
                    OperatorDirectory.ofTokens(panocrypt), principals().membersOnFirstSight()));
        }

        @Test
        void letProgramsComeByTokenAndPeopleByPassword() throws Exception {
            assertEquals(
                    "administrator",
                    call("Bearer " + token, "GET", "/members/me", "")
                            .json()
                            .path("name")
                            .asText());
            assertEquals(
                    "ada",
                    call(basic("ada"), "GET", "/members/me", "")
                            .json()
                            .path("name")
                            .asText());
        }

        @Test
        void sayWhatEachMisses() throws Exception {
            Answer refused = call("", "GET", "/devices", "");
            assertEquals(401, refused.status());
            assertEquals("a member's bearer token is needed, or nobody is signed in", refused.problem());
            assertEquals(Optional.of("Bearer"), refused.response().headers().firstValue("WWW-Authenticate"));
            assertEquals(401, call("Bearer wrong", "GET", "/devices", "").status());
        }
    }

    @Nested
    class OwnOnes {
        @Test
        void whoFailAre503() throws Exception {
            serve(request -> {
                throw new IllegalStateException("the secret of the directory");
            });
            Answer failed = call("", "GET", "/devices", "");
            assertEquals(503, failed.status());
            assertEquals(
                    "5", failed.response().headers().firstValue("Retry-After").orElse(""));
            assertFalse(failed.response().body().contains("secret"));
        }

        @Test
        void whoAnswerNothingAre503() throws Exception {
            serve(request -> null);
            assertEquals(503, call("Bearer " + token, "GET", "/devices", "").status());
        }

        @Test
        void refuseAsTheyLike() throws Exception {
            serve(request -> {
                throw new OperationException(OperationException.Kind.FORBIDDEN, "not on Sundays");
            });
            Answer refused = call("", "GET", "/devices", "");
            assertEquals(403, refused.status());
            assertEquals("not on Sundays", refused.problem());
        }

        @Test
        void meetFaultsOfTheStore() throws Exception {
            serve(request -> {
                throw new StoreException("no store");
            });
            assertEquals(503, call("", "GET", "/devices", "").status());
        }

        @Test
        void areAskedBeforeAnythingElse() throws Exception {
            serve(request -> new OperatorDirectory.Nobody("bring a badge", Optional.of("Badge")));
            for (String path : List.of("/devices", "/nothing-here", "")) {
                Answer refused = call("", "GET", path, "");
                assertEquals(401, refused.status());
                assertEquals("bring a badge", refused.problem());
                assertEquals(Optional.of("Badge"), refused.response().headers().firstValue("WWW-Authenticate"));
            }
        }
    }
}
