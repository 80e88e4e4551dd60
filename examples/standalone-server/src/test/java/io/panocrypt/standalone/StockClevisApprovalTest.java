package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock clevis waits for an approval like in the boot scripts: it retries with a new point each time. */
@RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl"})
class StockClevisApprovalTest {
    /** All tests share one server; each has its own device, tag and approvers. */
    @TempDir
    private static Path data;

    private static ServerProcess server;
    private static int tests;

    @TempDir
    private Path directory;

    private LuksFile disk;
    private String device;
    private JsonNode alice;
    private JsonNode bob;

    @BeforeAll
    static void serve() throws IOException {
        server = ServerProcess.serve(data.resolve("data"), 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void enrol() throws IOException {
        tests++;
        disk = new LuksFile(directory.resolve("disk.img"));
        JsonNode made = server.call(
                        "POST",
                        "/devices",
                        "{\"name\":\"" + named("web") + "\",\"sources\":[\"127.0.0.0/30\"],\"tags\":[\"" + named("prod")
                                + "\"]}")
                .ok();
        device = made.get("id").asText();
        disk.bindBlindly(made.get("unlockUrl").asText());
        alice = member("alice");
        bob = member("bob");
    }

    private static String named(String name) {
        return name + "-" + tests;
    }

    private static JsonNode member(String name) {
        return server.call("POST", "/members", "{\"name\":\"" + named(name) + "\",\"role\":\"approver\"}")
                .ok();
    }

    private void cover(int quorum, JsonNode... approvers) {
        List<String> ids = new ArrayList<>();
        for (JsonNode approver : approvers) {
            ids.add(approver.get("id").toString());
        }
        server.call(
                        "POST",
                        "/approval-groups",
                        "{\"name\":\"" + named("ops") + "\",\"requiredTags\":[\"" + named("prod") + "\"],\"approvers\":"
                                + ids + ",\"quorum\":" + quorum + "}")
                .ok();
    }

    private JsonNode pending() {
        List<JsonNode> items = new ArrayList<>();
        for (JsonNode item :
                server.call("GET", "/requests?state=PENDING", "").ok().get("items")) {
            if (item.get("deviceId").asText().equals(device)) {
                items.add(item);
            }
        }
        assertEquals(1, items.size(), items.toString());
        return items.get(0);
    }

    private ServerProcess.Answer decide(JsonNode voter, String verdict) {
        String path = "/requests/" + pending().get("id").asText() + "/" + verdict;
        return server.callAs(voter.get("token").asText(), "POST", path, "{\"comment\":\"test\"}");
    }

    private void waits() {
        for (int retry = 0; retry < 3; retry++) {
            assertFalse(disk.opens(1));
        }
    }

    @Test
    void waitsAndOpensAtTheFirstRetryAfterApproval() {
        cover(1, alice);
        waits();
        assertEquals(1, pending().get("attempts").asInt(), "attempts are written down every 30 s");
        assertEquals(
                403,
                server.call("POST", "/requests/" + pending().get("id").asText() + "/approve", "{}")
                        .status(),
                "the administrator is no approver");
        assertEquals(200, decide(alice, "approve").status());
        assertTrue(disk.opens(1));
        waits();
        assertTrue(pending().get("askedAgain").asBoolean(), "a later boot asks again");
    }

    @Test
    void opensAsManyTimesAsThereAreVolumes() {
        cover(1, alice);
        server.call("PATCH", "/devices/" + device, "{\"volumes\":2}", "If-Match", "\"1\"")
                .ok();
        waits();
        decide(alice, "approve").ok();
        assertTrue(disk.opens(1));
        assertTrue(disk.opens(1));
        assertFalse(disk.opens(1));
    }

    @Test
    void isStoppedByADenialAndResumesWhenItIsLifted() {
        cover(1, alice);
        waits();
        decide(alice, "deny").ok();
        assertFalse(disk.opens(1));
        JsonNode newest = server.call("GET", "/devices/" + device + "/history?limit=1", "")
                .ok()
                .get("items")
                .get(0);
        assertEquals("temporary-deny", newest.get("reason").asText());
        server.call("DELETE", "/devices/" + device + "/temporary-deny", "");
        waits();
        decide(alice, "approve").ok();
        assertTrue(disk.opens(1));
    }

    @Test
    void givesAnotherSourceNothingOfWhatWasApproved() throws IOException {
        cover(1, alice);
        waits();
        decide(alice, "approve").ok();
        assertFalse(disk.opensFrom(1, "127.0.0.2"), "approved was 127.0.0.1");
        JsonNode stranger = pending();
        assertEquals("127.0.0.2", stranger.get("source").asText(), "the request did come from there");
        assertTrue(disk.opens(1), "a stranger who asks in between spends nothing");
        decide(alice, "deny").ok();
        assertFalse(disk.opensFrom(1, "127.0.0.2"));
    }

    @Test
    void wantsTwoDifferentPeopleForAQuorumOfTwo() {
        cover(2, alice, bob);
        waits();
        decide(alice, "approve").ok();
        decide(alice, "approve").ok();
        assertFalse(disk.opens(1));
        decide(bob, "approve").ok();
        assertTrue(disk.opens(1));
    }
}
