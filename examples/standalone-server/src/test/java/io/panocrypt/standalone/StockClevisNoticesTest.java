package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.notify.HttpReceiver;
import io.panocrypt.testkit.notify.WebhookSignature;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with stock clevis retries; a real receiver is notified once, with a valid signature. */
@RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl"})
class StockClevisNoticesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int ATTEMPTS = 10;

    @TempDir
    private Path directory;

    private final List<HttpReceiver> telephones = new ArrayList<>();
    private HttpReceiver receiver;
    private ServerProcess server;
    private LuksFile disk;
    private String secret;
    private JsonNode alice;
    private JsonNode device;

    @BeforeEach
    void enrol() throws IOException {
        receiver = HttpReceiver.plain();
        server = ServerProcess.serve(
                directory.resolve("data"),
                0,
                "--notify-allow",
                "127.0.0.0/8",
                "--admin-url",
                "https://panocrypt.example");
        disk = new LuksFile(directory.resolve("disk.img"));
        device = server.call(
                        "POST", "/devices", "{\"name\":\"web-1\",\"sources\":[\"127.0.0.1/32\"],\"tags\":[\"prod\"]}")
                .ok();
        disk.bindBlindly(device.get("unlockUrl").asText());
        alice = server.call("POST", "/members", "{\"name\":\"alice\",\"role\":\"approver\"}")
                .ok();
        server.call(
                        "POST",
                        "/approval-groups",
                        "{\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[" + alice.get("id") + "]}")
                .ok();
        secret = server.call(
                        "POST",
                        "/webhooks",
                        "{\"url\":\"http://127.0.0.1:" + receiver.port()
                                + "/hook\",\"events\":[\"request.opened\",\"request.approved\",\"request.collected\"]}")
                .ok()
                .get("secret")
                .asText();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        receiver.close();
        for (HttpReceiver telephone : telephones) {
            telephone.close();
        }
    }

    private static JsonNode json(HttpReceiver.Request notice) throws IOException {
        return MAPPER.readTree(notice.body());
    }

    private static String type(HttpReceiver.Request notice) throws IOException {
        return json(notice).get("type").asText();
    }

    private static String id(HttpReceiver.Request notice) {
        return notice.header("webhook-id");
    }

    private void assertSigned(HttpReceiver.Request notice) {
        assertTrue(new WebhookSignature(secret)
                .isGood(
                        id(notice),
                        notice.header("webhook-timestamp"),
                        notice.header("webhook-signature"),
                        notice.body(),
                        Instant.now()));
    }

    /** A second approver of the device, notified by ntfy. */
    private HttpReceiver telephone(JsonNode member) throws IOException {
        HttpReceiver ntfy = HttpReceiver.plain();
        telephones.add(ntfy);
        server.call(
                        "PATCH",
                        "/members/" + member.get("id").asText(),
                        "{\"contacts\":[\"ntfy://127.0.0.1:" + ntfy.port() + "/on-call?secure=false\"]}",
                        "If-Match",
                        "\"1\"")
                .ok();
        return ntfy;
    }

    private void approve() {
        String request = server.call("GET", "/requests?state=PENDING", "")
                .ok()
                .get("items")
                .get(0)
                .get("id")
                .asText();
        server.callAs(
                        alice.get("token").asText(),
                        "POST",
                        "/requests/" + request + "/approve",
                        "{\"comment\":\"test\"}")
                .ok();
    }

    @Test
    void tellsOnceThatAMachineWaitsAndWhatBecameOfIt() throws Exception {
        for (int retry = 0; retry < 6; retry++) {
            assertFalse(disk.opens(1));
        }
        HttpReceiver.Request told = receiver.next();
        assertSigned(told);
        JsonNode data = json(told).get("data");
        assertEquals("request.opened", type(told));
        assertEquals(device.get("id"), data.get("deviceId"));
        assertEquals("web-1", data.get("deviceName").asText());
        assertEquals("127.0.0.1", data.get("source").asText());
        assertTrue(data.has("since"), data.toString());
        assertTrue(
                data.get("link").asText().startsWith("https://panocrypt.example/console/requests/"), data.toString());
        String token = device.get("unlockUrl").asText().replaceFirst(".*/u/", "");
        assertFalse(json(told).toString().contains(token), "a notice must not hold the unlock token");

        approve();
        assertTrue(disk.opens(1));
        assertFalse(disk.opens(1), "a later boot asks again");
        assertEquals("request.approved", type(receiver.next()));
        assertEquals("request.collected", type(receiver.next()));
        assertEquals("request.opened", type(receiver.next()), "of the later boot");
        assertTrue(receiver.isQuiet());
    }

    /** Like initramfs scripts, but every half second, whatever the previous answer was. */
    @Test
    @Tag("long")
    void tellsEachApproverOnceOfAMachineThatAsksEveryHalfSecond() throws Exception {
        JsonNode bob = server.call("POST", "/members", "{\"name\":\"bob\",\"role\":\"approver\"}")
                .ok();
        JsonNode group =
                server.call("GET", "/approval-groups", "").ok().get("items").get(0);
        server.call(
                        "PATCH",
                        "/approval-groups/" + group.get("id").asText(),
                        "{\"approvers\":[" + alice.get("id") + "," + bob.get("id") + "]}",
                        "If-Match",
                        "\"1\"")
                .ok();
        HttpReceiver ofAlice = telephone(alice);
        HttpReceiver ofBob = telephone(bob);
        CountDownLatch asked = new CountDownLatch(ATTEMPTS);
        BlockingQueue<Boolean> opened = new LinkedBlockingQueue<>();
        ScheduledExecutorService machine = Executors.newSingleThreadScheduledExecutor();
        try {
            machine.scheduleAtFixedRate(
                    () -> {
                        if (disk.opens(1)) {
                            opened.add(true);
                            machine.shutdown();
                        }
                        asked.countDown();
                    },
                    0,
                    500,
                    TimeUnit.MILLISECONDS);
            assertTrue(asked.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertTrue(opened.isEmpty(), "nobody has approved yet");
            for (HttpReceiver telephone : List.of(ofAlice, ofBob)) {
                JsonNode shown = json(telephone.next());
                assertEquals("on-call", shown.get("topic").asText());
                assertTrue(shown.get("title").asText().contains("web-1"), shown.toString());
                assertTrue(shown.get("message").asText().contains("127.0.0.1"), shown.toString());
                assertTrue(
                        shown.get("click").asText().startsWith("https://panocrypt.example/console/requests/"),
                        shown.toString());
                assertTrue(telephone.isQuiet(), "told twice");
            }
            approve();
            assertEquals(true, opened.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        } finally {
            machine.shutdownNow();
        }
        for (String event : List.of("request.opened", "request.approved", "request.collected")) {
            assertEquals(event, type(receiver.next()));
        }
        assertTrue(
                json(ofBob.next()).get("message").asText().contains("approved"),
                "what became of it, said to the other");
        assertTrue(ofBob.isQuiet());
        assertTrue(receiver.isQuiet());
    }

    @Test
    @Tag("long")
    void comesBackToAReceiverThatHungAndKeepsTheOrder() throws Exception {
        CountDownLatch release = receiver.holdNext();
        assertFalse(disk.opens(1));
        HttpReceiver.Request held = receiver.next();
        approve();
        assertTrue(disk.opens(1), "who cannot be told keeps nobody from booting");
        HttpReceiver.Request again = receiver.next();
        release.countDown();
        assertEquals(id(held), id(again));
        assertEquals("request.opened", type(again));
        assertEquals("request.approved", type(receiver.next()));
        assertEquals("request.collected", type(receiver.next()));
        assertTrue(receiver.isQuiet());
        assertEquals(0, server.call("GET", "/outbox", "").ok().get("dead").asInt());
    }

    @Test
    @Tag("long")
    void losesNothingWhereTheReceiverFailsAndSendsNothingTwiceAfterSuccess() throws Exception {
        receiver.answerNext(HttpReceiver.status(500));
        assertFalse(disk.opens(1));
        HttpReceiver.Request failed = receiver.next();
        approve();
        assertTrue(disk.opens(1));
        HttpReceiver.Request again = receiver.next();
        assertEquals(id(failed), id(again));
        assertEquals("request.opened", type(again), "what came later waits for it");
        assertEquals("request.approved", type(receiver.next()));
        assertEquals("request.collected", type(receiver.next()));
        assertTrue(receiver.isQuiet());
        assertEquals(0, server.call("GET", "/outbox", "").ok().get("dead").asInt());
    }

    /**
     * The receiver has the notice but the server does not know it: a repeated notice has the same id, so the receiver
     * recognizes it.
     */
    @Test
    @Tag("long")
    void tellsAgainUnderTheSameIdAfterAKillBetweenDeliveryAndItsNote() throws Exception {
        CountDownLatch release = receiver.holdNext();
        assertFalse(disk.opens(1));
        HttpReceiver.Request taken = receiver.next();
        int port = server.port();
        server.kill();
        release.countDown();
        server = ServerProcess.serve(directory.resolve("data"), port, "--notify-allow", "127.0.0.0/8");
        approve();
        assertTrue(disk.opens(1));
        HttpReceiver.Request again = receiver.next();
        assertEquals(id(taken), id(again));
        assertSigned(again);
        assertEquals("request.approved", type(receiver.next()));
        assertEquals("request.collected", type(receiver.next()));
        assertTrue(receiver.isQuiet());
        JsonNode outbox = server.call("GET", "/outbox", "").ok();
        assertEquals(0, outbox.get("dead").asInt());
    }

    /** A dead node holds the lease of the notices that it was about to send for a while. */
    @Test
    @Tag("long")
    void tellsAfterAKillWhatWasNotToldBefore() throws Exception {
        receiver.answerNext(HttpReceiver.status(503));
        assertFalse(disk.opens(1));
        HttpReceiver.Request failed = receiver.next();
        int port = server.port();
        server.kill();
        server = ServerProcess.serve(directory.resolve("data"), port, "--notify-allow", "127.0.0.0/8");
        HttpReceiver.Request again = receiver.next();
        assertEquals(id(failed), id(again));
        assertEquals(List.of(again), receiver.taken());
    }
}
