package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.Delivery;
import io.panocrypt.policy.spi.Notice;
import io.panocrypt.policy.spi.Notifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks, contacts, browsers and dead letters over REST. */
class NoticeApiTest {
    /** The example subscription of RFC 8291 section 5 and appendix A. */
    private static final String SUBSCRIPTION =
            "{\"endpoint\":\"https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV\","
                    + "\"expirationTime\":null,\"keys\":{\"p256dh\":\"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\","
                    + "\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}}";

    @TempDir
    private Path folder = Path.of("");

    private final Channel hooks = new Channel(Set.of("https"));
    private final Channel people = new Channel(Set.of("mailto", "webpush"));
    private ApiServer server;

    /** Takes everything down, and answers what it is told to. */
    private static final class Channel implements Notifier {
        private final Set<String> schemes;
        private final List<URI> told = new CopyOnWriteArrayList<>();
        private volatile Delivery answer = new Delivery.Done();

        Channel(Set<String> schemes) {
            this.schemes = schemes;
        }

        @Override
        public Set<String> schemes() {
            return schemes;
        }

        @Override
        public Delivery deliver(Notice notice, URI contact) {
            told.add(contact);
            return answer;
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(
                folder,
                InstantSource.system(),
                settings -> settings.webhookNotifier(secrets -> hooks)
                        .notifier(people)
                        .noticeInterval(Duration.ZERO),
                Optional.of("BKey"));
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private JsonNode webhook() throws Exception {
        ApiServer.Answer made =
                server.post("/webhooks", "{\"url\":\"https://hooks.example/a\",\"events\":[\"request.opened\"]}");
        assertEquals(201, made.status());
        return made.json();
    }

    @Test
    void makesAWebhookAndTellsItsSecretOnce() throws Exception {
        JsonNode made = webhook();
        assertTrue(made.get("secret").asText().startsWith("whsec_"));
        JsonNode read = server.get("/webhooks/" + made.get("id").asText()).json();
        assertFalse(read.has("secret"));
        assertEquals("https://hooks.example/a", read.get("url").asText());
        assertEquals("request.opened", read.get("events").get(0).asText());
        assertEquals(
                409,
                server.post("/webhooks", "{\"url\":\"https://hooks.example/a\"}")
                        .status());
    }

    @Test
    void refusesWhatNoNotifierServesAndUnknownEvents() throws Exception {
        ApiServer.Answer refused =
                server.post("/webhooks", "{\"url\":\"gopher://hooks.example/a\",\"events\":[\"no.such\"]}");
        assertEquals(400, refused.status());
        assertEquals(2, refused.problems().size(), refused.problems().toString());
        assertEquals(400, server.post("/webhooks", "{\"url\":\"not a url\"}").status());
        assertEquals(400, server.post("/webhooks", "{}").status());
    }

    @Test
    void editsAWebhookOfTheVersionThatWasSeen() throws Exception {
        String path = "/webhooks/" + webhook().get("id").asText();
        ApiServer.Answer edited = server.call("PATCH", path, "{\"events\":[]}", "If-Match", "\"1\"");
        assertEquals(200, edited.status());
        assertTrue(edited.json().get("events").isEmpty());
        assertEquals(
                412,
                server.call("PATCH", path, "{\"events\":[]}", "If-Match", "\"1\"")
                        .status());
        assertEquals(428, server.call("PATCH", path, "{\"events\":[]}").status());
        assertEquals(204, server.delete(path).status());
        assertEquals(404, server.get(path).status());
    }

    @Test
    void replacesASecret() throws Exception {
        JsonNode made = webhook();
        ApiServer.Answer rotated = server.post("/webhooks/" + made.get("id").asText() + "/secret", "{}");
        assertEquals(200, rotated.status());
        assertFalse(rotated.json().get("secret").equals(made.get("secret")));
    }

    @Test
    void triesAWebhookAndSaysWhatItAnswered() throws Exception {
        String path = "/webhooks/" + webhook().get("id").asText() + "/test";
        assertEquals("delivered", server.post(path, "{}").json().get("result").asText());
        hooks.answer = new Delivery.Refused("answered 400");
        JsonNode refused = server.post(path, "{}").json();
        assertEquals("refused", refused.get("result").asText());
        assertEquals("answered 400", refused.get("cause").asText());
        assertEquals(2, hooks.told.size());
    }

    @Test
    void triesOnlyContactsThatTheMemberHas() throws Exception {
        Members.Issued vera = server.member("vera", Role.VIEWER);
        String path = "/members/me/contacts/test";
        ApiServer.Answer foreign =
                server.callAs(vera.token(), "POST", path, "{\"contact\":\"mailto:boss@example.org\"}");
        assertEquals(404, foreign.status());
        assertTrue(people.told.isEmpty(), "whoever may only name themselves must not make the server call anywhere");
        server.call(
                "PATCH",
                "/members/" + vera.member().id(),
                "{\"contacts\":[\"mailto:vera@example.org\"]}",
                "If-Match",
                "\"1\"");
        assertEquals(
                "delivered",
                server.callAs(vera.token(), "POST", path, "{\"contact\":\"mailto:vera@example.org\"}")
                        .json()
                        .get("result")
                        .asText());
        assertEquals(List.of(URI.create("mailto:vera@example.org")), people.told);
    }

    @Test
    void registersTriesAndForgetsABrowser() throws Exception {
        Members.Issued alice = server.member("alice", Role.APPROVER);
        assertEquals(
                "BKey",
                server.callAs(alice.token(), "GET", "/push-key", "")
                        .json()
                        .get("applicationServerKey")
                        .asText());
        String path = "/members/me/push-subscriptions";
        ApiServer.Answer made = server.callAs(alice.token(), "POST", path, SUBSCRIPTION);
        assertEquals(201, made.status());
        assertEquals("push.example.net", made.json().get("host").asText());
        assertFalse(made.json().toString().contains("JzLQ3raZ"), "whoever has the endpoint can push to it");
        server.callAs(alice.token(), "POST", path, SUBSCRIPTION);
        JsonNode listed = server.callAs(alice.token(), "GET", path, "").json().get("items");
        assertEquals(1, listed.size());
        String contact =
                server.panocrypt().members().get(alice.member().id()).contacts().get(0);
        assertEquals(
                "delivered",
                server.callAs(alice.token(), "POST", "/members/me/contacts/test", "{\"contact\":\"" + contact + "\"}")
                        .json()
                        .get("result")
                        .asText());
        String id = made.json().get("id").asText();
        assertEquals(
                204, server.callAs(alice.token(), "DELETE", path + "/" + id, "").status());
        assertEquals(
                404, server.callAs(alice.token(), "DELETE", path + "/" + id, "").status());
        assertTrue(server.callAs(alice.token(), "GET", path, "")
                .json()
                .get("items")
                .isEmpty());
    }

    @Test
    void refusesSubscriptionsThatNoBrowserGives() throws Exception {
        String path = "/members/me/push-subscriptions";
        assertEquals(400, server.post(path, "{}").status());
        assertEquals(
                400, server.post(path, SUBSCRIPTION.replace("BCVx", "BCVy")).status());
        assertEquals(
                400, server.post(path, SUBSCRIPTION.replace("https:", "http:")).status());
        assertEquals(
                403,
                server.callAs(
                                server.member("vera", Role.VIEWER).token(),
                                "POST",
                                "/members/"
                                        + server.member("bob", Role.APPROVER)
                                                .member()
                                                .id() + "/push-subscriptions",
                                SUBSCRIPTION)
                        .status());
    }

    @Test
    void tellsHowFarNoticesLagAndRetriesAndDropsDeadLetters() throws Exception {
        hooks.answer = new Delivery.Refused("answered 400");
        server.post("/webhooks", "{\"url\":\"https://hooks.example/all\"}");
        String device = server.device("web-1", ",\"sources\":[\"192.0.2.1/32\"]")
                .get("id")
                .asText();
        server.unlock(device, "192.0.2.1");
        assertEquals(1, server.get("/outbox").json().get("waiting").asInt());
        server.panocrypt().outbox().workOff();
        JsonNode status = server.get("/outbox").json();
        assertTrue(status.get("dead").asInt() > 0, status.toString());
        JsonNode letter = server.get("/outbox/dead-letters").json().get("items").get(0);
        assertEquals("answered 400", letter.get("cause").asText());
        String named = "{\"id\":\"" + letter.get("id").asText() + "\"}";
        assertEquals(204, server.post("/outbox/retry", named).status());
        assertEquals(404, server.post("/outbox/retry", named).status(), "it waits again");
        server.panocrypt().outbox().workOff();
        assertEquals(204, server.post("/outbox/drop", named).status());
        assertEquals(404, server.post("/outbox/drop", named).status());
    }

    @Test
    void showsAndReopensContactsThatExistNoMore() throws Exception {
        hooks.answer = new Delivery.Gone("answered 410");
        String id = server.post("/webhooks", "{\"url\":\"https://hooks.example/all\"}")
                .json()
                .get("id")
                .asText();
        String device = server.device("web-1", ",\"sources\":[\"192.0.2.1/32\"]")
                .get("id")
                .asText();
        server.unlock(device, "192.0.2.1");
        server.panocrypt().outbox().workOff();
        assertTrue(server.get("/webhooks/" + id).json().get("closed").asBoolean());
        JsonNode closed = server.get("/closed-contacts").json().get("items").get(0);
        assertEquals("answered 410", closed.get("cause").asText());
        assertEquals(
                204,
                server.delete("/closed-contacts/" + closed.get("id").asText()).status());
        assertFalse(server.get("/webhooks/" + id).json().get("closed").asBoolean());
    }
}
