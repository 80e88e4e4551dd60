package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
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
    private final Channel people = new Channel(Set.of("mailto"));
    private final Channel browsers = new Channel(Set.of("webpush"));
    private ApiServer server;

    /** Records every notice, and returns the result that a test sets. */
    private static final class Channel implements Notifier {
        private final Set<String> schemes;
        private final List<URI> notified = new CopyOnWriteArrayList<>();
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
            notified.add(contact);
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
                        .pushNotifier(key -> browsers)
                        .noticeInterval(Duration.ZERO));
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
    void makesAWebhookAndShowsItsSecretOnce() throws Exception {
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

    /** Anyone who has a webhook's path can send there, and anyone who knows a topic can read it. */
    @Test
    void showsWholeTargetsToAdministratorsAndToWhomTheyBelongOnly() throws Exception {
        String hook = "/webhooks/" + webhook().get("id").asText();
        Members.Issued alice = server.member("alice", Role.APPROVER);
        String member = "/members/" + alice.member().id();
        assertEquals(
                200,
                server.patch(member, 1, "{\"contacts\":[\"mailto:alice@example.org\"]}")
                        .status());
        for (Members.Issued reader : List.of(server.member("vera", Role.VIEWER), server.member("bob", Role.APPROVER))) {
            for (String path : List.of(hook, "/webhooks", member, "/members", "/audit", "/history/export")) {
                String body = server.callAs(reader.token(), "GET", path, "")
                        .response()
                        .body();
                assertFalse(body.contains("hooks.example/a"), path + " " + body);
                assertFalse(body.contains("alice@"), path + " " + body);
            }
            assertEquals(
                    "https://hooks.example",
                    server.callAs(reader.token(), "GET", hook, "")
                            .json()
                            .get("url")
                            .asText());
            assertEquals(
                    "[\"mailto:...@example.org\"]",
                    server.callAs(reader.token(), "GET", member, "")
                            .json()
                            .get("contacts")
                            .toString());
        }
        String own = server.callAs(alice.token(), "GET", "/members/me", "")
                .json()
                .get("contacts")
                .toString();
        assertEquals("[\"mailto:alice@example.org\"]", own);
        assertEquals(
                "https://hooks.example/a", server.get(hook).json().get("url").asText());
        assertEquals(own, server.get(member).json().get("contacts").toString());
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
        assertEquals(2, hooks.notified.size());
    }

    @Test
    void triesOnlyContactsThatTheMemberHas() throws Exception {
        Members.Issued vera = server.member("vera", Role.VIEWER);
        String path = "/members/me/contacts/test";
        ApiServer.Answer foreign =
                server.callAs(vera.token(), "POST", path, "{\"contact\":\"mailto:boss@example.org\"}");
        assertEquals(404, foreign.status());
        assertTrue(people.notified.isEmpty(), "a member must not make the server call an address of another member");
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
        assertEquals(List.of(URI.create("mailto:vera@example.org")), people.notified);
    }

    @Test
    void registersTriesAndForgetsABrowser() throws Exception {
        Members.Issued alice = server.member("alice", Role.APPROVER);
        String key = server.callAs(alice.token(), "GET", "/push-key", "")
                .json()
                .get("applicationServerKey")
                .asText();
        assertEquals(server.panocrypt().contacts().pushKey(), Optional.of(key));
        byte[] point = Base64.getUrlDecoder().decode(key);
        assertEquals(65, point.length);
        assertEquals(4, point[0], "uncompressed, as the Push API wants it");
        String path = "/members/me/push-subscriptions";
        ApiServer.Answer made = server.callAs(alice.token(), "POST", path, SUBSCRIPTION);
        assertEquals(201, made.status());
        assertEquals("push.example.net", made.json().get("host").asText());
        assertFalse(made.json().toString().contains("JzLQ3raZ"), "anyone who has the endpoint can push to it");
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
    void testsABrowserByItsIdForItsOwner() throws Exception {
        Members.Issued alice = server.member("alice", Role.APPROVER);
        Members.Issued vera = server.member("vera", Role.VIEWER);
        String id = server.callAs(alice.token(), "POST", "/members/me/push-subscriptions", SUBSCRIPTION)
                .json()
                .get("id")
                .asText();
        String mine = "/members/me/push-subscriptions/" + id + "/test";
        browsers.answer = new Delivery.Gone("answered 410");
        JsonNode delivery = server.callAs(alice.token(), "POST", mine, "{}").json();
        assertEquals("gone", delivery.get("result").asText());
        assertEquals(1, browsers.notified.size());
        assertEquals(404, server.callAs(vera.token(), "POST", mine, "{}").status(), "me is another member here");
        String hers = "/members/" + alice.member().id() + "/push-subscriptions/" + id + "/test";
        assertEquals(403, server.callAs(vera.token(), "POST", hers, "{}").status());
        assertEquals(1, browsers.notified.size());
    }

    @Test
    void showsNobodyWhatABrowserCanBePushedWith() throws Exception {
        Members.Issued alice = server.member("alice", Role.APPROVER);
        server.callAs(alice.token(), "POST", "/members/me/push-subscriptions", SUBSCRIPTION);
        String contact =
                server.panocrypt().members().get(alice.member().id()).contacts().get(0);
        failToNotifyAlice(alice, new Delivery.Refused("answered 400"));
        failToNotifyAlice(alice, new Delivery.Gone("answered 410"));
        for (String path : List.of(
                "/members", "/members/" + alice.member().id(), "/audit", "/outbox/dead-letters", "/closed-contacts")) {
            ApiServer.Answer answer = server.get(path);
            assertEquals(200, answer.status(), path);
            String shown = answer.response().body();
            assertFalse(shown.contains("JzLQ3raZ"), path + " shows the endpoint: " + shown);
            assertFalse(shown.contains("BTBZMqHH"), path + " shows the key: " + shown);
        }
        String dead = server.get("/outbox/dead-letters").response().body();
        String host = "webpush://push.example.net (";
        assertTrue(dead.contains(host), "operators must see where it should have gone: " + dead);
        assertTrue(server.get("/audit").response().body().contains(host));
        assertFalse(
                server.panocrypt().members().get(alice.member().id()).toString().contains(contact));
    }

    private void failToNotifyAlice(Members.Issued alice, Delivery answer) throws Exception {
        browsers.answer = answer;
        String name = "web-" + server.get("/devices").json().get("items").size();
        String device = server.device(
                        name, ",\"sources\":[\"192.0.2.1/32\"],\"tags\":[\"" + name + "\"],\"requireApproval\":true")
                .get("id")
                .asText();
        assertEquals(
                201,
                server.post(
                                "/approval-groups",
                                "{\"name\":\"" + name + "\",\"requiredTags\":[\"" + name + "\"],\"approvers\":[\""
                                        + alice.member().id() + "\"]}")
                        .status());
        server.unlock(device, "192.0.2.1");
        server.panocrypt().outbox().workOff();
    }

    @Test
    void keepsBrowsersWhereTheOtherContactsAreEdited() throws Exception {
        Members.Issued alice = server.member("alice", Role.APPROVER);
        server.callAs(alice.token(), "POST", "/members/me/push-subscriptions", SUBSCRIPTION);
        String path = "/members/" + alice.member().id();
        assertEquals(
                200,
                server.patch(path, 2, "{\"contacts\":[\"mailto:alice@example.org\"]}")
                        .status());
        JsonNode edited = server.patch(path, 3, "{\"contacts\":[]}").json();
        assertTrue(edited.get("contacts").isEmpty(), edited.toString());
        assertEquals(
                1, server.get(path + "/push-subscriptions").json().get("items").size());
        assertEquals(
                412, server.patch(path, 3, "{\"contacts\":[]}").status(), "another edit that has not seen this one");
    }

    @Test
    void takesEndpointsAsLongAsPushServicesGiveThem() throws Exception {
        String path = "/members/me/push-subscriptions";
        String longer = SUBSCRIPTION.replace("/push/J", "/push/" + "x".repeat(1_700) + "J");
        assertEquals(201, server.post(path, longer).status());
        String tooLong = SUBSCRIPTION.replace("/push/J", "/push/" + "x".repeat(2_000) + "J");
        assertEquals(400, server.post(path, tooLong).status());
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
    void showsTheBacklogAndRetriesAndDropsDeadLetters() throws Exception {
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
        JsonNode webhook = server.get("/webhooks").json().get("items").get(0);
        assertEquals(
                status.get("dead").asInt(), webhook.get("dead").get("count").asInt());
        assertEquals("answered 400", webhook.get("dead").get("cause").asText());
        assertFalse(webhook.get("dead").get("died").isNull());
        assertEquals(
                webhook, server.get("/webhooks/" + webhook.get("id").asText()).json());
        JsonNode seen = server.callAs(server.member("vera", Role.VIEWER).token(), "GET", "/webhooks", "")
                .json()
                .get("items")
                .get(0);
        assertTrue(seen.get("dead").get("cause").isNull());
        String named = "{\"id\":\"" + letter.get("id").asText() + "\"}";
        assertEquals(204, server.post("/outbox/retry", named).status());
        assertEquals(404, server.post("/outbox/retry", named).status(), "it waits again");
        server.panocrypt().outbox().workOff();
        assertEquals(204, server.post("/outbox/drop", named).status());
        assertEquals(404, server.post("/outbox/drop", named).status());
    }

    @Test
    void showsWhatFailingContactsSayUntilTheyTakeANotice() throws Exception {
        hooks.answer = new Delivery.Later("the mail server answered 450 at EHLO: busy", Optional.empty());
        server.post("/webhooks", "{\"url\":\"https://hooks.example/all\"}");
        String device = server.device("web-1", ",\"sources\":[\"192.0.2.1/32\"]")
                .get("id")
                .asText();
        server.unlock(device, "192.0.2.1");
        server.panocrypt().outbox().workOff();
        JsonNode failing = server.get("/outbox/failing").json().get("items");
        assertEquals(1, failing.size());
        assertEquals("https://hooks.example/all", failing.get(0).get("contact").asText());
        assertEquals(
                "the mail server answered 450 at EHLO: busy",
                failing.get(0).get("cause").asText());
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
