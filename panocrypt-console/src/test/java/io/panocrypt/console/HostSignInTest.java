package io.panocrypt.console;

import static io.panocrypt.console.TestConsole.HOME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.console.internal.web.FormToken;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.OperatorDirectory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console below the sign-in of a host application, as a proxy tells it by a header. */
class HostSignInTest {
    private TestConsole console;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        console = new TestConsole(
                directory,
                panocrypt -> Optional.of(request -> {
                    String user = request.getHeader("X-Test-User");
                    if ("broken".equals(user)) {
                        throw new IllegalStateException("the directory is away");
                    }
                    return user == null
                            ? new OperatorDirectory.Nobody("sign in first", Optional.empty())
                            : new OperatorDirectory.Operator(
                                    panocrypt.members().admit(new ExternalIdentity("corp", user), Role.APPROVER), true);
                }));
    }

    @AfterEach
    void close() throws Exception {
        console.close();
    }

    private TestBrowser ada() {
        TestBrowser browser = console.browser();
        browser.headers.put("X-Test-User", "ada");
        return browser;
    }

    @Test
    void membersOfTheHostDecideWithoutASession() {
        TestBrowser ada = ada();
        ada.get("/me");
        console.panocrypt
                .approvalGroups()
                .create(
                        Actor.HOST,
                        new ApprovalGroups.Change(
                                "ops",
                                Set.of("prod"),
                                Set.of(console.panocrypt
                                        .members()
                                        .authenticate(new ExternalIdentity("corp", "ada"), Role.APPROVER)
                                        .orElseThrow()
                                        .id()),
                                1));
        String id = console.waits(console.device("db-07", "prod"), HOME);
        assertEquals(303, ada.press(id, "approve", Map.of()).status());
        assertEquals(State.APPROVED, console.state(id));
        assertFalse(ada.cookies.containsKey("panocrypt"));
    }

    @Test
    void aFormOfAnotherSiteDecidesNothing() {
        TestBrowser ada = ada();
        TestBrowser other = ada();
        ada.get("/me");
        other.get("/me");
        Map<String, String> stolen = Map.of("form", FormToken.of(other.cookies.get("panocrypt-form")), "version", "1");
        Map<String, String> own = Map.of("form", FormToken.of(ada.cookies.get("panocrypt-form")), "version", "1");
        assertEquals(403, ada.post("/requests/x/defer", stolen).status());
        assertEquals(404, ada.post("/requests/x/defer", own).status());
        ada.headers.put("Sec-Fetch-Site", "cross-site");
        assertEquals(403, ada.post("/requests/x/defer", own).status());
    }

    @Test
    void thereIsNoOtherSignIn() {
        TestBrowser stranger = console.browser();
        TestBrowser.Answer answer = stranger.get("/requests");
        assertEquals(401, answer.status());
        assertTrue(answer.body().contains("Sign in to the application around this console"));
        assertEquals(401, stranger.get("/sign-in").status());
        assertEquals(
                401,
                stranger.post("/sign-in", Map.of("token", console.alice.token()))
                        .status());
        assertTrue(ada().get("/me").body().contains("it ends your session"));
    }

    @Test
    void aBrokenDirectoryLetsNobodyIn() {
        TestBrowser browser = console.browser();
        browser.headers.put("X-Test-User", "broken");
        assertEquals(503, browser.get("/requests").status());
    }
}
