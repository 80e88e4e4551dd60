package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.JcaJwsSigner;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.PushSubscription;
import io.panocrypt.policy.notify.WebPushNotifier;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.testkit.notify.HttpReceiver.Request;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebPushNotifierTest {
    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
    private static final URI SUBJECT = URI.create("mailto:ops@panocrypt.example");
    private static final int MAX_BODY = 4_096;

    private final SecureRandom random = new SecureRandom();
    private final MutableClock clock = new MutableClock(NOW);
    private final EcKeyPair key = new JcaEngine(random).generate(Curve.P_256);
    private final JwsSigner signer = new JcaJwsSigner(key, random);
    private final PushBrowser browser = PushBrowser.subscribe(random);
    private SSLContext tls;

    @BeforeAll
    void makeCertificate(@TempDir Path folder) throws Exception {
        tls = TestTls.create(folder);
    }

    private Notifier notifier(OutboundHttp http) {
        return new WebPushNotifier(http, signer, SUBJECT, clock);
    }

    private URI contact(HttpReceiver receiver) {
        URI endpoint = URI.create("https://" + TestTls.HOST + ":" + receiver.port() + "/push/capability?x=1");
        return PushSubscription.of(endpoint, browser.p256dh(), browser.auth()).toContact();
    }

    private JsonNode decrypted(Request request) {
        try {
            return Shown.json(browser.decrypt(request.body()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no browser would show this", e);
        }
    }

    @Nested
    class ByTheContract extends NotifierContract {
        @Override
        protected NotifierFixture open() throws IOException {
            return new Fixture();
        }
    }

    private final class Fixture implements NotifierFixture {
        private final HttpReceiver receiver = HttpReceiver.secure(tls);
        private final Notifier hurried = WebPushNotifierTest.this.notifier(Outbound.quick(tls.getSocketFactory()));
        private final Notifier patient = WebPushNotifierTest.this.notifier(Outbound.patient(tls.getSocketFactory()));
        private volatile boolean hangs;

        Fixture() throws IOException {}

        /** Uses a short timeout only if the test must reach it: other deliveries may be slow on a busy machine. */
        @Override
        public Notifier notifier() {
            return hangs ? hurried : patient;
        }

        @Override
        public Notifier patient() {
            return patient;
        }

        @Override
        public URI contact() {
            return WebPushNotifierTest.this.contact(receiver);
        }

        @Override
        public void behave(Behaviour behaviour) throws IOException {
            hangs = behaviour == Behaviour.HANGS;
            receiver.behave(behaviour);
        }

        @Override
        public List<Received> received() {
            return receiver.taken().stream()
                    .map(request -> new Received(request.header("topic"), Shown.values(decrypted(request))))
                    .toList();
        }

        @Override
        public Optional<Duration> busyFor() {
            return Optional.of(Duration.ofSeconds(77));
        }

        @Override
        public List<String> secrets() {
            return List.of("capability", browser.auth(), browser.p256dh());
        }

        @Override
        public List<URI> unreadable() {
            String good = contact().toString();
            return List.of(
                    URI.create(good.substring(0, good.indexOf('#'))),
                    URI.create(good.substring(0, good.lastIndexOf('.'))),
                    URI.create(good + "A"),
                    URI.create(good + ".AAAA"),
                    URI.create(good.replace("webpush://", "webpush://user@")),
                    URI.create(good.replace("#B", "#C")),
                    URI.create(good.replace("#B", "#%42")),
                    URI.create("webpush:capability#" + browser.p256dh() + "." + browser.auth()));
        }

        @Override
        public void close() throws IOException {
            receiver.close();
        }
    }

    @Nested
    class OnTheWire {
        private HttpReceiver receiver;

        @BeforeEach
        void listen() throws IOException {
            receiver = HttpReceiver.secure(tls);
        }

        @AfterEach
        void close() throws IOException {
            receiver.close();
        }

        private Delivery deliver(Notice notice) {
            return notifier(Outbound.patient(tls.getSocketFactory())).deliver(notice, contact(receiver));
        }

        @Test
        void pushesWhatTheDocumentationShows() {
            assertEquals(new Delivery.Done(), deliver(Notices.waiting("n-1")));
            Request request = receiver.taken().get(0);
            assertEquals("POST /push/capability?x=1 HTTP/1.1", request.line());
            assertEquals("aes128gcm", request.header("content-encoding"));
            assertEquals("3600", request.header("ttl"));
            assertEquals("high", request.header("urgency"));
            assertTrue(request.header("topic").matches("[0-9A-Za-z_-]{32}"), request.header("topic"));
            assertEquals(
                    "{\"id\":\"n-1\",\"event\":\"request.opened\",\"time\":\"2026-11-24T07:59:00Z\","
                            + "\"title\":\"web-1: waits for approval\",\"text\":\"waits for approval\","
                            + "\"deviceId\":\"dev-1\",\"deviceName\":\"web-1\",\"source\":\"192.0.2.7\","
                            + "\"since\":\"2026-11-24T07:58:00Z\","
                            + "\"link\":\"https://panocrypt.example/console/requests/1\"}",
                    decrypted(request).toString());
        }

        /** RFC 8292, sections 2 and 3. */
        @Test
        void signsForItsSenderAndThisPushServiceOnly() throws GeneralSecurityException {
            deliver(Notices.waiting("n-1"));
            String authorization = receiver.taken().get(0).header("authorization");
            assertTrue(authorization.matches("vapid t=[\\w-]+\\.[\\w-]+\\.[\\w-]+, k=[\\w-]+"), authorization);
            String[] token = authorization.replaceAll("^vapid t=|, k=.*$", "").split("\\.");
            assertEquals("ES256", Shown.json(decode(token[0])).get("alg").asText());
            JsonNode claims = Shown.json(decode(token[1]));
            assertEquals(
                    "https://" + TestTls.HOST + ":" + receiver.port(),
                    claims.get("aud").asText());
            assertEquals(SUBJECT.toString(), claims.get("sub").asText());
            Duration valid = Duration.between(
                    NOW, Instant.ofEpochSecond(claims.get("exp").asLong()));
            assertTrue(valid.compareTo(Duration.ofHours(24)) < 0, valid::toString);
            assertTrue(valid.compareTo(Duration.ofHours(1)) > 0, valid::toString);
            assertEquals(
                    new WebPushNotifier(Outbound.patient(tls.getSocketFactory()), signer, SUBJECT, clock)
                            .applicationServerKey(),
                    authorization.replaceAll("^.*, k=", ""));
            Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
            verifier.initVerify(key.publicKey().toJcaPublicKey());
            verifier.update((token[0] + "." + token[1]).getBytes(StandardCharsets.US_ASCII));
            assertTrue(verifier.verify(decode(token[2])));
        }

        private static byte[] decode(String base64url) {
            return Base64.getUrlDecoder().decode(base64url);
        }

        @Test
        void givesTheSameTopicToARepeatedNoticeOnly() {
            for (String id : List.of("n-1", "n-1", "n-2")) {
                deliver(Notices.waiting(id));
            }
            List<String> topics = receiver.taken().stream()
                    .map(request -> request.header("topic"))
                    .toList();
            assertEquals(topics.get(0), topics.get(1));
            assertNotEquals(topics.get(0), topics.get(2));
        }

        @Test
        void neverEncryptsUnderTheSameKeyAndSaltTwice() {
            deliver(Notices.waiting("n-1"));
            deliver(Notices.waiting("n-1"));
            ByteBuffer first = ByteBuffer.wrap(receiver.taken().get(0).body());
            ByteBuffer second = ByteBuffer.wrap(receiver.taken().get(1).body());
            assertNotEquals(first.slice(0, 16), second.slice(0, 16), "the salt");
            assertNotEquals(first.slice(21, 65), second.slice(21, 65), "the sender's key");
        }

        @Test
        void keepsTheLongestNoticeBelowWhatPushServicesMustTake() {
            for (String text : List.of("\ud83d\udd13".repeat(5_000), "\"\\".repeat(5_000), "x".repeat(10_000))) {
                Notice notice = new Notice(
                        text,
                        text,
                        Instant.EPOCH,
                        Optional.of(text),
                        Optional.of(text),
                        Optional.of(text),
                        Optional.of(Instant.EPOCH),
                        text,
                        Optional.of(URI.create("https://panocrypt.example/" + "x".repeat(970))));
                assertEquals(new Delivery.Done(), deliver(notice));
            }
            for (Request request : receiver.taken()) {
                assertTrue(request.body().length <= MAX_BODY, () -> request.body().length + " bytes");
                assertFalse(decrypted(request).path("link").isMissingNode());
            }
        }

        @Test
        void hidesTheLengthOfShortTexts() {
            deliver(Notices.waiting("n-1"));
            deliver(Notices.waiting("n-1-with-another-length"));
            assertEquals(
                    receiver.taken().get(0).body().length,
                    receiver.taken().get(1).body().length);
        }

        @ParameterizedTest
        @CsvSource({
            "201, Done",
            "202, Done",
            "400, Refused",
            "401, Later",
            "403, Later",
            "407, Later",
            "404, Gone",
            "410, Gone",
            "413, Refused",
            "429, Later",
            "500, Later",
            "502, Later"
        })
        void readsEachStatus(int status, String meaning) {
            receiver.answer(HttpReceiver.status(status));
            assertEquals(meaning, deliver(Notices.waiting("n-1")).getClass().getSimpleName());
        }

        @Test
        void pushesNothingToAServiceThatItsTrustDoesNotKnow() {
            Delivery delivery = notifier(Outbound.patient(Outbound.defaultTls()))
                    .deliver(Notices.waiting("n-1"), contact(receiver));
            assertInstanceOf(Delivery.Later.class, delivery);
            assertEquals(List.of(), receiver.taken());
        }
    }

    @Nested
    class Subscriptions {
        private static final URI ENDPOINT = URI.create("https://push.example/a/b?c=d");

        @Test
        void comeBackFromTheirContact() {
            PushSubscription subscription = PushSubscription.of(ENDPOINT, browser.p256dh(), browser.auth());
            assertEquals(
                    "webpush://push.example/a/b?c=d#" + browser.p256dh() + "." + browser.auth(),
                    subscription.toContact().toString());
            assertEquals(subscription, PushSubscription.parse(subscription.toContact()));
            assertEquals("PushSubscription[push.example]", subscription.toString());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://push.example/a",
                    "https://ada@push.example/a",
                    "https://push.example/a#b",
                    "https:a",
                    "ftp://push.example/a"
                })
        void haveAnHttpsEndpoint(String endpoint) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PushSubscription.of(URI.create(endpoint), browser.p256dh(), browser.auth()));
        }

        @Test
        void haveAPointOnTheCurveAndSixteenBytes() {
            String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[65]);
            String offCurve = "BA" + zeros.substring(2);
            for (String point : List.of("", zeros, offCurve, browser.p256dh() + "=", browser.auth())) {
                assertThrows(
                        IllegalArgumentException.class, () -> PushSubscription.of(ENDPOINT, point, browser.auth()));
            }
            for (String auth : List.of("", browser.auth() + "==", browser.auth().substring(1), browser.p256dh())) {
                assertThrows(
                        IllegalArgumentException.class, () -> PushSubscription.of(ENDPOINT, browser.p256dh(), auth));
            }
        }
    }

    @Test
    void needsAKeyOnItsCurveAndASubject() {
        OutboundHttp http = Outbound.patient(Outbound.defaultTls());
        JwsSigner other = new JcaJwsSigner(new JcaEngine(random).generate(Curve.P_384), random);
        assertThrows(IllegalArgumentException.class, () -> new WebPushNotifier(http, other, SUBJECT, clock));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WebPushNotifier(http, signer, URI.create("http://panocrypt.example"), clock));
    }
}
