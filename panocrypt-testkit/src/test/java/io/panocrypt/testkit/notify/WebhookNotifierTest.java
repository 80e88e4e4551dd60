package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.WebhookNotifier;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.testkit.notify.HttpReceiver.Request;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookNotifierTest {
    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    private final MutableClock clock = new MutableClock(NOW);
    private final String secret = newSecret();

    private static String newSecret() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return "whsec_" + Base64.getEncoder().encodeToString(key);
    }

    @Nested
    class ByTheContract extends NotifierContract {
        @Override
        protected NotifierFixture open() throws IOException {
            return new Fixture();
        }
    }

    private final class Fixture implements NotifierFixture {
        private final HttpReceiver receiver = HttpReceiver.plain();
        private final Notifier hurried = WebhookNotifierTest.this.notifier(Outbound.quick(Outbound.defaultTls()));
        private final Notifier patient = WebhookNotifierTest.this.notifier(Outbound.patient(Outbound.defaultTls()));
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
            return hook(receiver);
        }

        @Override
        public void behave(Behaviour behaviour) throws IOException {
            hangs = behaviour == Behaviour.HANGS;
            receiver.behave(behaviour);
        }

        @Override
        public List<Received> received() {
            return receiver.taken().stream()
                    .map(request ->
                            new Received(request.header("webhook-id"), Shown.values(Shown.json(request.body()))))
                    .toList();
        }

        @Override
        public Optional<Duration> busyFor() {
            return Optional.of(Duration.ofSeconds(77));
        }

        @Override
        public List<String> secrets() {
            return List.of(secret, secret.substring(6), "capability");
        }

        @Override
        public List<URI> unreadable() {
            return List.of(
                    URI.create("https:opaque-capability"),
                    URI.create("https://user:capability@127.0.0.1/"),
                    URI.create("http://127.0.0.1:" + receiver.port() + "/#capability"));
        }

        @Override
        public void close() throws IOException {
            receiver.close();
        }
    }

    private Notifier notifier(OutboundHttp http) {
        return new WebhookNotifier(http, contact -> List.of(secret), clock);
    }

    private static URI hook(HttpReceiver receiver) {
        return URI.create("http://127.0.0.1:" + receiver.port() + "/hook/capability?a=b");
    }

    @Nested
    class OnTheWire {
        private HttpReceiver receiver;

        @BeforeEach
        void listen() throws IOException {
            receiver = HttpReceiver.plain();
        }

        @AfterEach
        void close() throws IOException {
            receiver.close();
        }

        private Delivery deliver() {
            return notifier(Outbound.patient(Outbound.defaultTls())).deliver(Notices.waiting("n-1"), hook(receiver));
        }

        @Test
        void postsWhatTheDocumentationShows() {
            assertEquals(new Delivery.Done(), deliver());
            Request request = receiver.taken().get(0);
            assertEquals("POST /hook/capability?a=b HTTP/1.1", request.line());
            assertEquals("127.0.0.1:" + receiver.port(), request.header("host"));
            assertEquals("application/json", request.header("content-type"));
            assertEquals(
                    "{\"type\":\"request.opened\",\"timestamp\":\"2026-11-24T07:59:00Z\",\"data\":{"
                            + "\"text\":\"waits for approval\",\"deviceId\":\"dev-1\",\"deviceName\":\"web-1\","
                            + "\"source\":\"192.0.2.7\",\"since\":\"2026-11-24T07:58:00Z\","
                            + "\"link\":\"https://panocrypt.example/console/requests/1\"}}",
                    new String(request.body(), StandardCharsets.UTF_8));
        }

        @Test
        void signsEachAttemptAtItsTimeUnderTheSameId() {
            deliver();
            clock.advance(Duration.ofHours(3));
            deliver();
            WebhookSignature signature = new WebhookSignature(secret);
            for (int attempt = 0; attempt < 2; attempt++) {
                Request request = receiver.taken().get(attempt);
                Instant sent = NOW.plus(Duration.ofHours(3L * attempt));
                assertEquals("n-1", request.header("webhook-id"));
                assertEquals(Long.toString(sent.getEpochSecond()), request.header("webhook-timestamp"));
                assertTrue(isGood(signature, request, sent));
                assertTrue(isGood(signature, request, sent.plus(WebhookSignature.TOLERANCE)));
                assertFalse(isGood(
                        signature,
                        request,
                        sent.plus(WebhookSignature.TOLERANCE).plusSeconds(1)));
                assertFalse(isGood(
                        signature,
                        request,
                        sent.minus(WebhookSignature.TOLERANCE).minusSeconds(1)));
                assertFalse(isGood(new WebhookSignature(newSecret()), request, sent));
            }
        }

        private static boolean isGood(WebhookSignature signature, Request request, Instant now) {
            return signature.isGood(
                    request.header("webhook-id"),
                    request.header("webhook-timestamp"),
                    request.header("webhook-signature"),
                    request.body(),
                    now);
        }

        @Test
        void signsWithBothSecretsWhileOneIsReplaced() {
            String next = newSecret();
            new WebhookNotifier(Outbound.patient(Outbound.defaultTls()), contact -> List.of(secret, next), clock)
                    .deliver(Notices.waiting("n-1"), hook(receiver));
            for (String each : List.of(secret, next)) {
                assertTrue(isGood(new WebhookSignature(each), receiver.taken().get(0), NOW));
            }
        }

        @Test
        void sendsNothingWhereThereIsNoSecret() {
            Delivery delivery = new WebhookNotifier(
                            Outbound.patient(Outbound.defaultTls()), contact -> List.of(), clock)
                    .deliver(Notices.waiting("n-1"), hook(receiver));
            assertInstanceOf(Delivery.Gone.class, delivery);
            assertEquals(0, receiver.connections());
        }

        @ParameterizedTest
        @CsvSource({
            "200, Done",
            "204, Done",
            "301, Refused",
            "302, Later",
            "303, Later",
            "304, Refused",
            "307, Later",
            "308, Refused",
            "400, Refused",
            "401, Later",
            "403, Later",
            "404, Later",
            "405, Later",
            "407, Later",
            "408, Later",
            "410, Gone",
            "413, Refused",
            "414, Refused",
            "415, Refused",
            "422, Refused",
            "425, Later",
            "429, Later",
            "500, Later",
            "501, Later",
            "503, Later",
            "599, Later"
        })
        void readsEachStatus(int status, String meaning) {
            receiver.answer(HttpReceiver.status(status));
            assertEquals(meaning, deliver().getClass().getSimpleName());
        }

        @ParameterizedTest
        @ValueSource(strings = {"120", "Tue, 24 Nov 2026 08:02:00 GMT"})
        void waitsAsLongAsItIsAsked(String retryAfter) {
            receiver.answer("HTTP/1.1 503 Busy\r\nRetry-After: " + retryAfter + "\r\nContent-Length: 0\r\n\r\n");
            assertEquals(new Delivery.Later("answered 503", Optional.of(Duration.ofMinutes(2))), deliver());
        }

        @ParameterizedTest
        @ValueSource(ints = {301, 302, 307, 308})
        void followsNoRedirect(int status) {
            receiver.answer("HTTP/1.1 " + status + " Moved\r\nLocation: http://127.0.0.1:" + receiver.port()
                    + "/other\r\nContent-Length: 0\r\n\r\n");
            deliver();
            assertEquals(1, receiver.connections());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"SSH-2.0-x\r\n", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nX: ", "\u0000\u0001\u0002\r\n\r\n\r\n"})
        void takesNoOtherAnswerForSuccess(String answer) {
            receiver.answer(answer);
            assertInstanceOf(Delivery.Later.class, deliver());
        }

        @Test
        void readsNoHeadWithoutEnd() {
            receiver.answer("HTTP/1.1 200 OK\r\n" + "X: 1\r\n".repeat(100_000));
            assertInstanceOf(Delivery.Later.class, deliver());
        }

        @Test
        void isDoneBeforeAnEndlessBodyEnds() {
            receiver.answer("HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + "x".repeat(100_000));
            assertEquals(new Delivery.Done(), deliver());
        }
    }
}
