package io.panocrypt.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The application of the documentation with Spring Security, Actuator and Spring MVC, once for all tests. */
class HostApplicationTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "embedding.md");

    @TempDir
    private static Path folder;

    private static Host host;
    private static Device device;

    @BeforeAll
    static void start() throws IOException {
        host = new Host(folder, "jdbc:h2:mem:host;DB_CLOSE_DELAY=-1");
        device = host.bean(Panocrypt.class)
                .devices()
                .create(Actor.HOST, DeviceChange.none().withName("web-1").withSources("127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    private static String root() {
        return host.base(device.token()).getRawPath();
    }

    /** The table of docs/embedding.md. */
    @ParameterizedTest
    @CsvSource({
        "/u/TOKEN/adv, 200",
        "/u/TOKEN//adv/, 200",
        "/u/TOKEN/%2Fadv, 400",
        "/u/TOKEN/x/../adv, 401",
        "/u/TOKEN/%2e%2e/adv, 401",
        "/u/TOKEN/adv;x, 401",
        "/u/TOKEN/adv%00, 400",
        "/u/TOKEN/adv?, 404",
        "/u/../hello, 401",
        "/u//../../hello, 401",
        "//healthz, 401"
    })
    void letsOnlyAnInnerDoubleSlashThrough(String target, int status) throws IOException {
        assertEquals(status, host.status("GET", "/unlock" + target.replace("TOKEN", device.token())));
        String row = "| `" + target + "` | " + status + " |";
        assertTrue(Files.readString(PAGE).contains(row), row);
    }

    @Test
    void leavesTheRestOfTheApplicationAsItWas() throws IOException {
        assertEquals(401, host.status("GET", "/hello"));
        HttpResponse<String> page = host.send("GET", "/hello", "", "Authorization", Host.ALICE);
        assertEquals("{\"hello\":\"alice\"}", page.body());
        assertEquals(401, host.status("GET", "//hello"));
        assertEquals(401, host.status("GET", "/unlock"));
        assertEquals(401, host.status("GET", "/unlock/u"));
    }

    @Test
    void servesMachinesWithoutASession() throws IOException {
        for (String path : List.of(root() + "/adv", "/unlock/healthz", "/unlock/readyz")) {
            HttpResponse<String> answer = host.send("GET", path, "");
            assertEquals(200, answer.statusCode(), path);
            assertFalse(answer.headers().map().containsKey("set-cookie"), path);
        }
        assertEquals(401, host.status("POST", "/unlock/enroll"));
        assertEquals(401, host.send("GET", "/unlock/api/v1/devices", "").statusCode());
    }

    @Test
    void knowsTheUsersOfTheApplication() {
        assertEquals(
                "approver",
                host.call(Host.ALICE, "GET", "/members/me", "").get("role").asText());
        assertEquals(
                "admin",
                host.call(Host.ROOT, "GET", "/members/me", "").get("role").asText());
        String wrong = Host.basic("alice:wrong");
        assertEquals(
                401,
                host.send("GET", "/unlock/api/v1/members/me", "", "Authorization", wrong)
                        .statusCode());
    }

    @Test
    void knowsAUserWhoHasSignedInToTheApplication() {
        String cookie = signIn("alice", "secret-2");
        String path = "/unlock/api/v1/members/me";
        assertEquals(200, host.send("GET", path, "", "Cookie", cookie).statusCode());
        assertEquals(403, host.send("PATCH", path, "{}", "Cookie", cookie).statusCode(), "another site's page");
        HttpResponse<String> own = host.send("PATCH", path, "{}", "Cookie", cookie, "Sec-Fetch-Site", "same-origin");
        assertFalse(own.body().contains("another site"), own.body());
    }

    private static String signIn(String name, String password) {
        HttpResponse<String> form = host.send("GET", "/login", "", "Accept", "text/html");
        Matcher token = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(form.body());
        assertTrue(token.find(), form.body());
        HttpResponse<String> done = host.send(
                "POST",
                "/login",
                "username=" + name + "&password=" + password + "&_csrf=" + token.group(1),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Cookie",
                cookie(form));
        assertEquals(302, done.statusCode());
        return cookie(done);
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    @Test
    void knowsTheFirstAdministratorsToken() throws IOException {
        String token = Files.readString(folder.resolve("admin-token")).strip();
        assertEquals(
                "admin",
                host.call("Bearer " + token, "GET", "/members/me", "")
                        .get("role")
                        .asText());
    }

    private static double attempts(MeterRegistry meters, String reason) {
        return meters.get("panocrypt.unlock.attempts")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void reportsHealthAndMetrics() {
        HttpResponse<String> ready = host.send("GET", "/actuator/health/readiness", "");
        assertEquals("{\"status\":\"UP\"}", ready.body());
        PublicJwk key = device.advertised().get(0).exchange();
        host.send("POST", root() + "/rec/" + key.kid(), new String(RecoveryReply.encode(key.point()), UTF_8));
        // The listener hears of it in a thread of its own.
        MeterRegistry meters = host.bean(MeterRegistry.class);
        long end = System.nanoTime() + TestTimeout.MAX.toNanos();
        Timer multiplied = meters.get("panocrypt.unlock.multiplication").timer();
        while (multiplied.count() == 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertEquals(1, multiplied.count());
        assertEquals(1, attempts(meters, "allowed"));
        assertEquals(0, attempts(meters, "no-approver"), "an alert rule sees the first one");
    }
}
