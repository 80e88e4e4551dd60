package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.notify.NtfyNotifier;
import io.panocrypt.policy.notify.NtfyTokens;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.testkit.notify.HttpReceiver.Request;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NtfyNotifierTest {
    private static final String TOKEN = "tk_7eevizlsiwf9yi4uxsrs83r4352o0";
    /** A server turns longer messages into attachments. */
    private static final int MAX_MESSAGE_BYTES = 4_096;

    private static Notifier notifier(OutboundHttp http, NtfyTokens tokens) {
        return new NtfyNotifier(http, tokens, new MutableClock(Instant.parse("2026-11-24T08:00:00Z")));
    }

    @Nested
    class ByTheContract extends NotifierContract {
        @Override
        protected NotifierFixture open() throws IOException {
            return new Fixture();
        }
    }

    private static final class Fixture implements NotifierFixture {
        private final HttpReceiver receiver = HttpReceiver.plain();
        private final Notifier hurried =
                NtfyNotifierTest.notifier(Outbound.quick(Outbound.defaultTls()), server -> Optional.of(TOKEN));
        private final Notifier patient =
                NtfyNotifierTest.notifier(Outbound.patient(Outbound.defaultTls()), server -> Optional.of(TOKEN));
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
            return topic(receiver);
        }

        @Override
        public void behave(Behaviour behaviour) throws IOException {
            hangs = behaviour == Behaviour.HANGS;
            receiver.behave(behaviour);
        }

        @Override
        public List<Received> received() {
            return receiver.taken().stream()
                    .map(request -> Shown.json(request.body()))
                    .map(message -> new Received(message.get("sequence_id").asText(), Shown.values(message)))
                    .toList();
        }

        @Override
        public Optional<Duration> busyFor() {
            return Optional.of(Duration.ofSeconds(77));
        }

        @Override
        public List<String> secrets() {
            return List.of(TOKEN, "unguessable");
        }

        @Override
        public List<URI> unreadable() {
            String server = "ntfy://127.0.0.1:" + receiver.port();
            return List.of(
                    URI.create(server + "/?secure=false"),
                    URI.create(server + "/unguessable/more?secure=false"),
                    URI.create(server + "/unguessable%2Fmore?secure=false"),
                    URI.create(server + "/" + "a".repeat(65) + "?secure=false"),
                    URI.create(server + "/unguessable?secure=true"),
                    URI.create("ntfy://:unguessable@127.0.0.1:" + receiver.port() + "/topic?secure=false"),
                    URI.create("ntfy:unguessable"));
        }

        @Override
        public void close() throws IOException {
            receiver.close();
        }
    }

    private static URI topic(HttpReceiver receiver) {
        return URI.create("ntfy://127.0.0.1:" + receiver.port() + "/unguessable_1?secure=false");
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

        private Request delivered(NtfyTokens tokens, Notice notice) {
            Delivery delivery =
                    notifier(Outbound.patient(Outbound.defaultTls()), tokens).deliver(notice, topic(receiver));
            assertEquals(new Delivery.Done(), delivery);
            return receiver.taken().get(0);
        }

        @Test
        void publishesWhatTheDocumentationShows() {
            Request request = delivered(NtfyTokens.none(), Notices.waiting("n-1"));
            assertEquals("POST / HTTP/1.1", request.line());
            assertEquals("", request.header("authorization"));
            assertEquals(
                    "{\"topic\":\"unguessable_1\",\"title\":\"web-1: waits for approval\","
                            + "\"message\":\"waits for approval\\nDevice: web-1\\nDevice id: dev-1\\n"
                            + "Source: 192.0.2.7\\nWaiting since: 2026-11-24T07:58:00Z\\n"
                            + "Event: request.opened\\nTime: 2026-11-24T07:59:00Z\",\"priority\":4,"
                            + "\"tags\":[\"lock\"],\"click\":\"https://panocrypt.example/console/requests/1\","
                            + "\"sequence_id\":\"n-1\"}",
                    new String(request.body(), StandardCharsets.UTF_8));
        }

        @Test
        void sendsATokenToItsServerOnly() {
            String server = "127.0.0.1:" + receiver.port();
            NtfyTokens tokens = asked -> asked.equals(server) ? Optional.of(TOKEN) : Optional.empty();
            assertEquals(
                    "Bearer " + TOKEN, delivered(tokens, Notices.waiting("n-1")).header("authorization"));
        }

        @Test
        void keepsTheMessageBelowWhatAServerTurnsIntoAnAttachment() {
            String wide = "\ud83d\udd13".repeat(5_000);
            Notice notice = new Notice(
                    "n-1",
                    wide,
                    Instant.EPOCH,
                    Optional.of(wide),
                    Optional.of(wide),
                    Optional.of(wide),
                    Optional.of(Instant.EPOCH),
                    wide,
                    Optional.empty());
            String message = Shown.json(delivered(NtfyTokens.none(), notice).body())
                    .get("message")
                    .asText();
            int length = message.getBytes(StandardCharsets.UTF_8).length;
            assertTrue(length <= MAX_MESSAGE_BYTES, () -> length + " bytes");
        }

        @ParameterizedTest
        @ValueSource(strings = {"javascript:alert(1)", "https://ada:secret@panocrypt.example/", "view://x"})
        void carriesNoLinkThatIsMoreThanAView(String link) {
            Notice notice = new Notice(
                    "n-1",
                    "request.opened",
                    Instant.EPOCH,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "text",
                    Optional.of(URI.create(link)));
            assertTrue(Shown.json(delivered(NtfyTokens.none(), notice).body())
                    .path("click")
                    .isMissingNode());
        }

        @Test
        void speaksTlsUnlessToldOtherwise() {
            Delivery delivery = notifier(Outbound.patient(Outbound.defaultTls()), NtfyTokens.none())
                    .deliver(Notices.waiting("n-1"), URI.create("ntfy://127.0.0.1:" + receiver.port() + "/topic"));
            assertInstanceOf(Delivery.Later.class, delivery);
            assertEquals(List.of(), receiver.taken());
        }
    }
}
