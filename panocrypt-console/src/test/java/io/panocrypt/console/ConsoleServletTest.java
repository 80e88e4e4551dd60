package io.panocrypt.console;

import static io.panocrypt.console.TestConsole.HOME;
import static io.panocrypt.console.TestConsole.OTHER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.UnlockResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way of an approver, by the forms of the pages. */
class ConsoleServletTest {
    private TestConsole console;
    private Device device;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        console = new TestConsole(directory);
        device = console.device("db-07", "prod", "role=db");
    }

    @AfterEach
    void close() throws Exception {
        console.close();
    }

    private TestBrowser alice() {
        return console.browser().signedIn(console.alice.token());
    }

    private TestBrowser bob() {
        return console.browser().signedIn(console.bob.token());
    }

    @Test
    void theLinkInANoticeSurvivesTheSignIn() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser browser = console.browser();
        TestBrowser.Answer first = browser.get("/requests/" + id);
        assertEquals(303, first.status());
        assertEquals("/sign-in?to=requests/" + id, first.location());
        assertTrue(browser.get(first.location()).body().contains("value=\"requests/" + id + "\""));
        TestBrowser.Answer signedIn = browser.signIn(console.alice.token(), "requests/" + id);
        assertEquals(303, signedIn.status());
        assertEquals("/requests/" + id, signedIn.location());
        TestBrowser.Answer page = browser.get(signedIn.location());
        assertEquals(200, page.status());
        for (String fact : List.of("db-07", "asks to unlock", "prod", "role=db", HOME, "10.0.0.0/24", "0 of 1")) {
            assertTrue(page.body().contains(fact), fact + ": " + page.body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "//evil.example",
                "/\\evil.example",
                "../../evil",
                "requests/../../x",
                "sign-out",
                "requests/a\r\nX-Injected: 1",
                "javascript:alert(1)"
            })
    void signInLeadsNowhereElse(String to) {
        TestBrowser.Answer answer = console.browser().signIn(console.alice.token(), to);
        assertEquals("requests", answer.header("Location"));
        assertEquals("", answer.header("X-Injected"));
    }

    @Test
    void anApproverApprovesAndTheDeviceCollects() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser.Answer pressed = alice().press(id, "approve", Map.of("comment", " it is me "));
        assertEquals(303, pressed.status());
        assertEquals("/requests/" + id, pressed.location());
        assertEquals(State.APPROVED, console.state(id));
        assertEquals("it is me", console.request(id).votes().get(0).comment());
        assertTrue(alice().get("/requests/" + id).body().contains("Approved by you"));
        assertTrue(bob().get("/requests/" + id).body().contains("Approved by alice"));
        assertInstanceOf(UnlockResult.Answered.class, console.unlock(device, HOME));
        assertTrue(bob().get("/requests/" + id).body().contains("Collected from " + HOME));
    }

    @Test
    void denyingRefusesAndSaysSo() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        assertTrue(alice.get("/requests/" + id).body().contains("refuses it for 15 min"));
        alice.press(id, "deny", Map.of());
        assertEquals(State.DENIED, console.state(id));
        assertTrue(alice.get("/requests/" + id).body().contains("Denied by you"));
        assertEquals(1, console.panocrypt.temporaryDenies().of(device.id()).size());
    }

    @Test
    void denyingTheWholeDeviceIsAChoiceOfItsOwn() {
        console.group(1);
        String id = console.waits(device, HOME);
        alice().press(id, "deny", Map.of("scope", "device"));
        assertTrue(console.panocrypt
                .temporaryDenies()
                .of(device.id())
                .get(0)
                .source()
                .isEmpty());
    }

    @Test
    void deferringLeavesItOpen() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        alice.press(id, "defer", Map.of());
        assertEquals(State.PENDING, console.state(id));
        assertTrue(alice.get("/requests/" + id).body().contains("Deferred by you"));
    }

    @Test
    void anUncollectedApprovalIsWithdrawn() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        alice.press(id, "approve", Map.of());
        TestBrowser.Answer page = alice.get("/requests/" + id);
        assertTrue(page.body().contains("Withdraw"));
        assertFalse(page.body().contains("/approve\""));
        alice.press(id, "deny", Map.of());
        assertEquals(State.DENIED, console.state(id));
        assertInstanceOf(UnlockResult.Refused.class, console.unlock(device, HOME));
    }

    @Test
    void withAQuorumTheFirstApprovalIsTakenBackOrCompleted() {
        console.group(2);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        alice.press(id, "approve", Map.of());
        TestBrowser.Answer page = alice.get("/requests/" + id);
        assertTrue(page.body().contains("Another approval is needed"), page.body());
        assertTrue(page.body().contains("1 of 2"));
        assertTrue(page.body().contains("Take back"));
        assertTrue(bob().get("/requests/" + id).body().contains("yours is missing"));
        alice.press(id, "defer", Map.of());
        assertEquals(List.of(), List.copyOf(console.request(id).approvedBy()));
        alice.press(id, "approve", Map.of());
        bob().press(id, "approve", Map.of());
        assertEquals(State.APPROVED, console.state(id));
    }

    @Test
    void aSecondPressVotesOnce() {
        console.group(2);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        TestBrowser.Answer page = alice.get("/requests/" + id);
        TestBrowser.Answer first = alice.press(page, id, "approve", Map.of());
        TestBrowser.Answer second = alice.press(page, id, "approve", Map.of());
        assertEquals(first.location(), second.location());
        assertEquals(1, votesInAudit());
        alice.press(id, "defer", Map.of());
        assertEquals(
                "/requests/" + id + "?note=changed",
                alice.press(page, id, "approve", Map.of()).location());
        assertEquals(2, votesInAudit());
        assertTrue(alice.get("/requests/" + id + "?note=changed").body().contains("Nothing was changed by you"));
    }

    private long votesInAudit() {
        return console.panocrypt.history().audit(null, 1000).items().stream()
                .filter(entry -> entry.action().matches("request\\.(approve|deny|defer)"))
                .count();
    }

    @Test
    void ofTwoBrowsersOneDecides() throws Exception {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        TestBrowser bob = bob();
        TestBrowser.Answer alices = alice.get("/requests/" + id);
        TestBrowser.Answer bobs = bob.get("/requests/" + id);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Callable<TestBrowser.Answer>> presses = List.of(
                    () -> alice.press(alices, id, "approve", Map.of()), () -> bob.press(bobs, id, "deny", Map.of()));
            int late = 0;
            for (Future<TestBrowser.Answer> press : pool.invokeAll(presses)) {
                late += press.get().location().endsWith("?note=changed") ? 1 : 0;
            }
            assertEquals(1, late);
            assertEquals(1, console.request(id).votes().size());
            assertEquals(1, votesInAudit());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void attemptsInTheMeantimeMakeNoDecisionStale() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        TestBrowser.Answer page = alice.get("/requests/" + id);
        console.clock.advance(Duration.ofSeconds(40));
        console.unlock(device, HOME);
        assertEquals(
                "/requests/" + id, alice.press(page, id, "approve", Map.of()).location());
        assertEquals(State.APPROVED, console.state(id));
    }

    @Test
    void aSecondSourceIsAWarningThatMustHaveBeenSeen() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        TestBrowser.Answer before = alice.get("/requests/" + id);
        assertFalse(before.body().contains("Look twice"));
        console.waits(device, OTHER);
        assertEquals(
                "/requests/" + id + "?note=warned",
                alice.press(before, id, "approve", Map.of()).location());
        assertEquals(State.PENDING, console.state(id));
        TestBrowser.Answer after = alice.get("/requests/" + id);
        assertTrue(after.body().contains("Look twice"));
        assertTrue(after.body().contains("name=\"source\" value=\"" + OTHER + "\""));
        assertFalse(after.body().contains("checked"));
        alice.press(after, id, "approve", Map.of());
        assertEquals(State.APPROVED, console.state(id));
    }

    @Test
    void furtherSourcesAreApprovedInOneDecision() {
        console.group(1);
        String id = console.waits(device, HOME);
        String other = console.waits(device, OTHER);
        alice().press(id, "approve", Map.of("source", OTHER));
        assertEquals(State.APPROVED, console.state(id));
        assertEquals(State.APPROVED, console.state(other));
    }

    @Test
    void whoMayNotDecideSeesWhoMay() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser victor = console.browser().signedIn(console.victor.token());
        String page = victor.get("/requests/" + id).body();
        assertTrue(page.contains("only an effective approver of the device may decide"), page);
        assertTrue(page.contains("alice, bob"));
        assertFalse(page.contains("/approve\""));
        TestBrowser.Answer forced = victor.post(
                "/requests/" + id + "/approve", Map.of("form", victor.formToken("/me"), "version", "1", "seen", ""));
        assertEquals(403, forced.status());
        assertEquals(State.PENDING, console.state(id));
    }

    @Test
    void oneThatWaitsOpensItselfAndTheListShowsAll() {
        console.group(1);
        TestBrowser alice = alice();
        assertTrue(alice.get("/requests").body().contains("Nobody waits."));
        String first = console.waits(device, HOME);
        assertEquals("/requests/" + first, alice.get("/requests").location());
        assertEquals(200, alice.get("/requests?list").status());
        console.clock.advance(Duration.ofSeconds(1));
        String second = console.waits(console.device("db-08", "prod"), OTHER);
        String list = alice.get("/requests").body();
        assertTrue(list.indexOf("requests/" + first) < list.indexOf("requests/" + second), "oldest first");
        assertTrue(list.contains("(2) Requests – Panocrypt"));
        alice.press(first, "deny", Map.of());
        assertTrue(alice.get("/requests?list").body().contains("Decided in the last day"));
    }

    @Test
    void openedLateItSaysWhatHappened() {
        console.group(1);
        String id = console.waits(device, HOME);
        console.clock.advance(Duration.ofMinutes(11));
        TestBrowser.Answer page = alice().get("/requests/" + id);
        assertEquals(200, page.status());
        assertTrue(page.body().contains("Expired"));
        assertFalse(page.body().contains("<form method=\"post\" class=\"decision\""));
    }

    @Test
    void sessionsAreListedAndEnded() {
        TestBrowser phone = console.browser();
        phone.headers.put("User-Agent", "Phone of Alice");
        phone.signedIn(console.alice.token());
        TestBrowser alice = alice();
        String me = alice.get("/me").body();
        assertTrue(me.contains("Phone of Alice"));
        assertTrue(me.contains("by token (emergency)"));
        String id = console.panocrypt.sessions().list(console.alice.member()).stream()
                .filter(session -> session.userAgent().equals("Phone of Alice"))
                .findFirst()
                .orElseThrow()
                .id();
        assertEquals(
                303,
                alice.post("/me/sessions/" + id + "/end", Map.of("form", alice.formToken("/me")))
                        .status());
        assertEquals("/sign-in?to=me", phone.get("/me").location());
    }

    @Test
    void signOutEndsTheSessionInTheStoreToo() {
        TestBrowser alice = alice();
        String cookie = alice.cookies.get("panocrypt");
        assertEquals(
                "/sign-in",
                alice.post("/sign-out", Map.of("form", alice.formToken("/me"))).location());
        assertEquals(null, alice.cookies.get("panocrypt"));
        alice.cookies.put("panocrypt", cookie);
        assertEquals(303, alice.get("/me").status());
        assertEquals(List.of(), console.panocrypt.sessions().list(console.alice.member()));
    }

    @Test
    void anEndedSessionReplaysNothing() {
        console.group(1);
        String id = console.waits(device, HOME);
        TestBrowser alice = alice();
        TestBrowser.Answer page = alice.get("/requests/" + id);
        console.panocrypt
                .members()
                .rotateToken(Actor.HOST, console.alice.member().id(), null);
        TestBrowser.Answer late = alice.press(page, id, "approve", Map.of());
        assertEquals(401, late.status());
        assertTrue(late.body().contains("sign-in?to=requests/" + id), late.body());
        assertEquals(List.<ApprovalRequest.Vote>of(), console.request(id).votes());
    }

    @Test
    void theStoreIsAwayAndTheErrorSaysWhatItMeans() {
        TestBrowser alice = alice();
        console.storeIsAway.set(true);
        TestBrowser.Answer answer = alice.get("/requests");
        assertEquals(503, answer.status());
        assertTrue(answer.body().contains("nothing is granted"));
        assertNotEquals("", answer.header("Retry-After"));
    }

    @Test
    void whatIsNotThereIs404InItsOwnWords() {
        TestBrowser alice = alice();
        for (String path : List.of("/requests/nothing", "/else", "/requests/a/b", "/requests/A", "/me/")) {
            TestBrowser.Answer answer = alice.get(path);
            assertEquals(404, answer.status(), path);
            assertTrue(answer.body().contains("Not there, or not yours."), path);
            assertTrue(answer.body().contains("<nav"), path);
        }
        assertEquals("/", alice.get("").location());
        assertEquals("/requests", alice.get("/").location());
    }
}
