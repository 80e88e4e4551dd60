package io.panocrypt.console;

import static io.panocrypt.console.TestConsole.HOME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Scope;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other sites, other people's texts and stolen cookies cannot do. */
class ConsoleSecurityTest {
    private TestConsole console;
    private Device device;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        console = new TestConsole(directory);
        device = console.device("db-07", "prod");
        console.group(1);
    }

    @AfterEach
    void close() throws Exception {
        console.close();
    }

    private TestBrowser alice() {
        return console.browser().signedIn(console.alice.token());
    }

    private List<TestBrowser.Answer> answers() {
        TestBrowser alice = alice();
        String id = console.waits(device, HOME);
        String css = alice.get("/me").body().replaceAll("(?s).*href=\"(assets/console[^\"]+)\".*", "$1");
        return List.of(
                console.browser().get("/sign-in"),
                console.browser().get("/requests"),
                alice.get("/requests?list"),
                alice.get("/requests/" + id),
                alice.get("/me"),
                alice.get("/nothing"),
                alice.post("/requests/" + id + "/approve", Map.of()),
                alice.get("/" + css));
    }

    @Test
    void everyAnswerIsStrictAboutWhatItLoadsAndWhoFramesIt() {
        for (TestBrowser.Answer answer : answers()) {
            String policy = answer.header("Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'none';"), answer.address() + ": " + policy);
            assertTrue(policy.contains("frame-ancestors 'none'"));
            assertTrue(policy.contains("form-action 'self'"));
            assertFalse(policy.contains("unsafe-"));
            assertEquals("DENY", answer.header("X-Frame-Options"));
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            assertEquals("same-origin", answer.header("Referrer-Policy"));
            assertEquals("same-origin", answer.header("Cross-Origin-Opener-Policy"));
        }
    }

    @Test
    void pagesAreNotKeptAndFilesAreForEver() {
        List<TestBrowser.Answer> answers = answers();
        TestBrowser.Answer css = answers.get(answers.size() - 1);
        assertEquals(200, css.status());
        assertEquals("text/css; charset=utf-8", css.header("Content-Type"));
        assertEquals("public, max-age=31536000, immutable", css.header("Cache-Control"));
        answers.subList(0, answers.size() - 1)
                .forEach(page -> assertEquals("no-store", page.header("Cache-Control"), page.address()::toString));
    }

    /** The policy forbids them, and a page that needs one would look broken. */
    @Test
    void pagesHaveNoInlineStyleOrScript() {
        for (TestBrowser.Answer answer : answers()) {
            assertFalse(answer.body().matches("(?is).*<[^>]*\\s(style|on[a-z]+)=.*"), answer.body());
            assertFalse(answer.body().contains("<script"), answer.body());
            assertFalse(answer.body().matches("(?is).*(src|href|action)=\"(https?:)?//.*"), answer.body());
        }
    }

    @Test
    void aFormNeedsItsToken() {
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        Map<String, String> fields = new HashMap<>(Map.of("version", "1", "seen", ""));
        assertEquals(403, alice.post("/requests/" + id + "/approve", fields).status());
        fields.put("form", alice().formToken("/me"));
        assertEquals(403, alice.post("/requests/" + id + "/approve", fields).status(), "of another session");
        fields.put("form", alice.formToken("/me") + "x");
        assertEquals(403, alice.post("/requests/" + id + "/approve", fields).status());
        fields.put("form", alice.formToken("/me"));
        assertEquals(303, alice.post("/requests/" + id + "/approve", fields).status());
    }

    @Test
    void aFormComesFromTheSameSite() {
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        TestBrowser.Answer page = alice.get("/requests/" + id);
        for (String site : List.of("cross-site", "same-site", "none", "")) {
            alice.headers.put("Sec-Fetch-Site", site);
            assertEquals(403, alice.press(page, id, "approve", Map.of()).status(), site);
        }
        alice.headers.remove("Sec-Fetch-Site");
        assertEquals(403, alice.press(page, id, "approve", Map.of()).status(), "neither header");
        for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1")) {
            alice.headers.put("Origin", origin);
            assertEquals(403, alice.press(page, id, "approve", Map.of()).status(), origin);
        }
        assertEquals(List.<ApprovalRequest.Vote>of(), console.request(id).votes());
        alice.headers.put("Origin", "http://127.0.0.1:" + console.port());
        assertEquals(303, alice.press(page, id, "approve", Map.of()).status());
    }

    @Test
    void nobodyIsSignedInByAnotherSite() {
        TestBrowser victim = console.browser();
        victim.get("/sign-in");
        assertEquals(
                403,
                victim.post(
                                "/sign-in",
                                Map.of(
                                        "token",
                                        console.bob.token(),
                                        "form",
                                        console.browser().formToken("/sign-in")))
                        .status());
        assertFalse(victim.cookies.containsKey("panocrypt"));
    }

    @Test
    void aGetChangesNothing() {
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        for (String path : List.of("/requests/" + id + "/approve", "/requests/" + id + "/deny", "/sign-out")) {
            assertEquals(404, alice.get(path).status(), path);
        }
        assertEquals(200, alice.get("/me").status());
        assertEquals(List.<ApprovalRequest.Vote>of(), console.request(id).votes());
    }

    @Test
    void signInMakesANewSessionAndEndsTheOldOne() {
        TestBrowser alice = alice();
        String first = alice.cookies.get("panocrypt");
        // The page sends on who is signed in already, so the form is made by hand.
        alice.post("/sign-in", Map.of("form", alice.formToken("/me"), "token", console.alice.token()));
        String second = alice.cookies.get("panocrypt");
        assertNotEquals(first, second);
        assertEquals(
                1, console.panocrypt.sessions().list(console.alice.member()).size());
    }

    @Test
    void aSessionThatSomebodyPlantedIsNotTaken() {
        TestBrowser victim = console.browser();
        String planted = "a".repeat(52);
        victim.cookies.put("panocrypt", planted);
        victim.signedIn(console.alice.token());
        assertNotEquals(planted, victim.cookies.get("panocrypt"));
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndOtherSites() {
        TestBrowser browser = console.browser();
        TestBrowser.Answer answer = browser.signIn(console.alice.token(), "");
        String cookie = answer.response().headers().allValues("Set-Cookie").stream()
                .filter(line -> line.startsWith("panocrypt="))
                .findFirst()
                .orElseThrow();
        assertTrue(cookie.matches("panocrypt=[a-z2-7]{52}; Path=/app/console/; HttpOnly; SameSite=Lax"), cookie);
    }

    /** As behind a proxy that ends TLS. */
    @Test
    void onHttpsTheCookieIsBoundToTheHost() {
        TestBrowser browser = console.browser();
        browser.headers.put("Origin", "https://127.0.0.1:" + console.port());
        TestBrowser.Answer answer = browser.signIn(console.alice.token(), "");
        String cookie = answer.response().headers().allValues("Set-Cookie").stream()
                .filter(line -> line.startsWith("__Host-panocrypt="))
                .findFirst()
                .orElseThrow();
        assertTrue(cookie.matches("__Host-panocrypt=[a-z2-7]{52}; Path=/; Secure; HttpOnly; SameSite=Lax"), cookie);
        assertEquals("max-age=31536000", answer.header("Strict-Transport-Security"));
        assertEquals(200, browser.get("/me").status());
    }

    @Test
    void noTokenIsTakenOverAnOpenConnection() throws IOException {
        String page = raw("GET /app/console/sign-in HTTP/1.1\r\nHost: console.example\r\nConnection: close\r\n\r\n");
        assertTrue(page.contains("plain http"), page);
        assertFalse(page.contains("name=\"token\""), page);
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", console.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void wrongTokensAreRefusedAlikeAndThenSlowedDown() {
        TestBrowser browser = console.browser();
        for (String wrong : List.of("x", "a".repeat(26), "<script>", "a b", "")) {
            TestBrowser.Answer answer = browser.signIn(wrong, "");
            assertEquals(403, answer.status(), wrong);
            assertTrue(answer.body().contains("No member has this token"));
            assertFalse(answer.body().contains("<script"));
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(403, browser.signIn("x", "").status());
        }
        TestBrowser.Answer late = browser.signIn("x", "");
        assertEquals(429, late.status());
        assertEquals("30", late.header("Retry-After"));
        assertEquals(303, browser.signIn(console.alice.token(), "").status(), "a right one is always taken");
        console.clock.advance(Duration.ofSeconds(30));
        assertEquals(403, console.browser().signIn("x", "").status());
    }

    @Test
    void aServiceAccountCannotSignIn() {
        String token = console.panocrypt
                .members()
                .create(
                        Actor.HOST,
                        new MemberChange(
                                "robot", null, null, List.of(new Scope(Scope.Act.READ, new TreeSet<>(Set.of("prod"))))),
                        null)
                .token();
        TestBrowser.Answer answer = console.browser().signIn(token, "");
        assertEquals(403, answer.status());
        assertTrue(answer.body().contains("service account"));
    }

    @Test
    void hostileTextStaysText() {
        String hostile = "\"><img src=x onerror=alert(1)></textarea><script>alert(2)</script>'\u202Egnp.exe";
        String id = console.waits(device, HOME);
        TestBrowser alice = console.browser();
        alice.headers.put("User-Agent", "\"><script>alert(3)</script>");
        alice.signedIn(console.alice.token());
        alice.press(id, "defer", Map.of("comment", hostile));
        String page = alice.get("/requests/" + id).body();
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("<img src=x"), page);
        assertFalse(page.contains("\u202E"), page);
        assertTrue(page.contains("[U+202E]"), page);
        assertTrue(page.contains("&lt;script&gt;"), page);
        String me = alice.get("/me").body();
        assertFalse(me.contains("<script"), me);
        assertTrue(me.contains("&lt;script&gt;"), me);
    }

    @Test
    void aHugeOrBrokenFormIsRefused() {
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        assertEquals(
                413,
                alice.press(id, "approve", Map.of("comment", "a".repeat(20_000)))
                        .status());
        assertEquals(
                400,
                alice.press(id, "approve", Map.of("comment", "a".repeat(1_025))).status());
        for (String version : List.of("-1", "x", "", "9".repeat(19), "1.5")) {
            assertEquals(
                    400, alice.press(id, "approve", Map.of("version", version)).status(), version);
        }
        assertEquals(
                400,
                alice.press(id, "approve", Map.of("source", "not an address")).status());
        assertEquals(List.<ApprovalRequest.Vote>of(), console.request(id).votes());
    }

    @Test
    void aTokenIsInNoPage() {
        TestBrowser alice = alice();
        String id = console.waits(device, HOME);
        for (String path : List.of("/me", "/requests?list", "/requests/" + id)) {
            String body = alice.get(path).body();
            for (String secret : List.of(console.alice.token(), alice.cookies.get("panocrypt"), device.token())) {
                assertFalse(body.contains(secret), path);
            }
        }
    }
}
