package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.notify.HostResolver;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.TargetPolicy;
import io.panocrypt.policy.notify.WebhookNotifier;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The allowed targets of notices, tested with webhooks. */
@Timeout(TestTimeout.MAX_SECONDS)
class OutboundHttpTest {
    private static final TargetPolicy ONE_ADDRESS = TargetPolicy.allowing(List.of(Cidr.parse("127.0.0.1")));

    private HttpReceiver receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpReceiver.plain();
    }

    @AfterEach
    void close() throws IOException {
        receiver.close();
    }

    private static Delivery deliver(OutboundHttp http, String contact) {
        MutableClock clock = new MutableClock(Instant.parse("2026-11-24T08:00:00Z"));
        return new WebhookNotifier(http, hook -> List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), clock)
                .deliver(Notices.waiting("n-1"), URI.create(contact));
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    @Nested
    class Targets {
        @ParameterizedTest
        @ValueSource(
                strings = {"127.0.0.1", "localhost", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"})
        void areNotOnThisMachineUnlessAllowed(String host) {
            for (String scheme : List.of("http", "https")) {
                Delivery delivery = deliver(
                        new OutboundHttp(TargetPolicy.allowing(List.of())),
                        scheme + "://" + host + ":" + receiver.port() + "/");
                assertInstanceOf(Delivery.Refused.class, delivery);
            }
            assertEquals(0, receiver.connections());
        }

        @Test
        void areNotOnThisMachineByAnotherName() {
            OutboundHttp http = Outbound.patient(
                    TargetPolicy.allowing(List.of()), host -> List.of(address("127.0.0.1"), address("::1")));
            assertInstanceOf(
                    Delivery.Refused.class, deliver(http, "https://hooks.example.org:" + receiver.port() + "/"));
            assertEquals(0, receiver.connections());
        }

        /** A public address requires TLS. Nothing is sent, so the test needs no network. */
        @Test
        void areNotPublicOverPlainHttp() {
            OutboundHttp http = Outbound.patient(ONE_ADDRESS, host -> List.of(address("1.1.1.1")));
            assertInstanceOf(Delivery.Refused.class, deliver(http, "http://hooks.example.org/"));
        }

        /** Prevents DNS rebinding: the checked address is the one to connect to. */
        @Test
        void areResolvedOnceForCheckAndConnection() {
            AtomicInteger asked = new AtomicInteger();
            HostResolver rebinding = host -> List.of(address(asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"));
            OutboundHttp http = Outbound.patient(ONE_ADDRESS, rebinding);
            String contact = "http://hooks.example.org:" + receiver.port() + "/";
            assertEquals(new Delivery.Done(), deliver(http, contact));
            assertEquals(1, asked.get());
            assertEquals(
                    "hooks.example.org:" + receiver.port(),
                    receiver.taken().get(0).header("host"));
            assertInstanceOf(Delivery.Refused.class, deliver(http, contact));
            assertEquals(1, receiver.connections());
        }

        @Test
        void areOnlyThoseAddressesOfAHostThatMayBeReached() throws IOException {
            try (ServerSocket other = new ServerSocket(receiver.port(), 1, address("127.0.0.2"))) {
                other.setSoTimeout(1);
                OutboundHttp http =
                        Outbound.patient(ONE_ADDRESS, host -> List.of(address("127.0.0.2"), address("127.0.0.1")));
                assertEquals(new Delivery.Done(), deliver(http, "http://hooks.example.org:" + receiver.port() + "/"));
                assertThrows(IOException.class, other::accept, "somebody called where nobody may");
            }
        }

        @Test
        void areTriedInTurnUntilOneListens() {
            OutboundHttp http =
                    Outbound.patient(Outbound.LOOPBACK, host -> List.of(address("127.0.0.3"), address("127.0.0.1")));
            assertEquals(new Delivery.Done(), deliver(http, "http://hooks.example.org:" + receiver.port() + "/"));
        }

        @Test
        void mayBeUnknownForNow() {
            OutboundHttp http = Outbound.patient(ONE_ADDRESS, host -> {
                throw new UnknownHostException(host);
            });
            assertInstanceOf(Delivery.Later.class, deliver(http, "https://hooks.example.org/"));
        }
    }

    @Nested
    class Limits {
        @Test
        void endALookupThatHangs() {
            CountDownLatch never = new CountDownLatch(1);
            OutboundHttp http = new OutboundHttp(
                    ONE_ADDRESS, Duration.ofMillis(200), host -> waitFor(never), Outbound.defaultTls());
            assertInstanceOf(Delivery.Later.class, deliver(http, "https://hooks.example.org/"));
            never.countDown();
        }

        /** Ignores interrupts, like the runtime's resolver. */
        private static List<InetAddress> waitFor(CountDownLatch latch) throws UnknownHostException {
            while (latch.getCount() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                Thread.interrupted();
            }
            throw new UnknownHostException("too late");
        }

        /** Each byte comes in time, but the whole answer does not. */
        @Test
        void endAnAnswerThatDrips() throws IOException {
            try (Listener dripping = new Listener(socket -> {
                while (true) {
                    socket.getOutputStream().write("HTTP/1.1 100 Go\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            })) {
                OutboundHttp http = Outbound.quick(Outbound.defaultTls());
                assertInstanceOf(Delivery.Later.class, deliver(http, "http://127.0.0.1:" + dripping.port() + "/"));
            }
        }

        @Test
        void endAHandshakeThatHangs() throws IOException {
            CompletableFuture<Boolean> gaveUp = new CompletableFuture<>();
            try (Listener silent = new Listener(socket -> {
                while (socket.getInputStream().read() >= 0) {
                    // Sends nothing.
                }
                gaveUp.complete(true);
            })) {
                OutboundHttp http = Outbound.quick(Outbound.defaultTls());
                assertInstanceOf(Delivery.Later.class, deliver(http, "https://127.0.0.1:" + silent.port() + "/"));
                assertTrue(
                        gaveUp.orTimeout(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)
                                .join(),
                        "the connection stays open");
            }
        }

        @Test
        void arePositive() {
            SSLSocketFactory tls = Outbound.defaultTls();
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new OutboundHttp(ONE_ADDRESS, Duration.ZERO, HostResolver.system(), tls));
        }
    }

    @Nested
    class BehindAProxy {
        private final List<String> asked = new CopyOnWriteArrayList<>();

        private Listener proxy(String answer, Listener.Service then) throws IOException {
            return new Listener(plain -> {
                asked.add(firstLine(plain.getInputStream()));
                plain.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                then.serve(plain);
            });
        }

        private Listener proxy(String answer) throws IOException {
            return proxy(answer, plain -> {});
        }

        /** Reads a head, and returns its first line. */
        private static String firstLine(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            return head.substring(0, head.indexOf("\r\n"));
        }

        private static OutboundHttp through(Listener proxy, HostResolver resolver, SSLSocketFactory tls) {
            return new OutboundHttp(ONE_ADDRESS, Outbound.PATIENT, resolver, tls)
                    .through(InetSocketAddress.createUnresolved("127.0.0.1", proxy.port()));
        }

        private static OutboundHttp through(Listener proxy, HostResolver resolver) {
            return through(proxy, resolver, Outbound.defaultTls());
        }

        private static List<InetAddress> nobody(String host) throws UnknownHostException {
            throw new UnknownHostException(host);
        }

        @Test
        void isAskedByNameForPublicAddressesAndForWhatOnlyItKnows(@TempDir Path folder) throws Exception {
            SSLContext tls = TestTls.create(folder);
            try (Listener proxy = proxy("200 Connected", plain -> answerByTls(plain, tls))) {
                OutboundHttp known = through(proxy, host -> List.of(address("1.1.1.1")), tls.getSocketFactory());
                assertEquals(new Delivery.Done(), deliver(known, "https://" + TestTls.HOST + "/hook"));
                OutboundHttp unknown = through(proxy, BehindAProxy::nobody, tls.getSocketFactory());
                assertEquals(new Delivery.Done(), deliver(unknown, "https://" + TestTls.HOST + ":8443/hook"));
                String host = "CONNECT " + TestTls.HOST;
                assertEquals(List.of(host + ":443 HTTP/1.1", host + ":8443 HTTP/1.1"), asked);
            }
        }

        private static void answerByTls(Socket plain, SSLContext tls) throws IOException {
            SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
            socket.setUseClientMode(false);
            socket.startHandshake();
            socket.getInputStream().read();
            socket.getOutputStream().write(HttpReceiver.status(204).getBytes(StandardCharsets.US_ASCII));
        }

        @Test
        void isNotAskedForWhatIsAllowedExplicitly() throws Exception {
            try (Listener proxy = proxy("200 Connected")) {
                OutboundHttp http = through(proxy, host -> List.of(address("127.0.0.1")));
                assertEquals(new Delivery.Done(), deliver(http, "http://hooks.test:" + receiver.port() + "/"));
                assertInstanceOf(Delivery.Later.class, deliver(http, "https://hooks.test:" + receiver.port() + "/"));
                assertEquals(2, receiver.connections());
                assertEquals(List.of(), asked);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"0x7f.1", "0x7f000001", "2130706433", "127.1", "router", "hooks.test."})
        void isNotAskedForWhatMayBeAnAddress(String host) throws Exception {
            try (Listener proxy = proxy("200 Connected")) {
                assertFalse(
                        deliver(through(proxy, BehindAProxy::nobody), "https://" + host + "/")
                                instanceof Delivery.Done);
                assertEquals(List.of(), asked);
            }
        }

        @Test
        void isNotAskedForAPrivateAddress() throws Exception {
            try (Listener proxy = proxy("200 Connected")) {
                OutboundHttp http = through(proxy, host -> List.of(address("10.0.0.1")));
                assertInstanceOf(Delivery.Refused.class, deliver(http, "https://hooks.test/"));
                assertEquals(List.of(), asked);
            }
        }

        @Test
        void mayRefuseForNow() throws Exception {
            try (Listener proxy = proxy("403 Forbidden")) {
                assertEquals(
                        new Delivery.Later("the proxy answered 403", Optional.empty()),
                        deliver(through(proxy, BehindAProxy::nobody), "https://hooks.test/"));
            }
        }
    }

    @Nested
    class Encryption {
        @Test
        void namesTheHostAndVerifiesIt(@TempDir Path folder) throws Exception {
            SSLContext tls = TestTls.create(folder);
            List<String> named = new ArrayList<>();
            try (Listener secure = new Listener(plain -> {
                SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
                socket.setUseClientMode(false);
                socket.startHandshake();
                ((ExtendedSSLSession) socket.getSession())
                        .getRequestedServerNames()
                        .forEach(name -> named.add(((SNIHostName) name).getAsciiName()));
                socket.getInputStream().read();
                socket.getOutputStream().write(HttpReceiver.status(204).getBytes(StandardCharsets.US_ASCII));
            })) {
                OutboundHttp http = new OutboundHttp(
                        Outbound.LOOPBACK,
                        Outbound.PATIENT,
                        host -> List.of(address("127.0.0.1")),
                        tls.getSocketFactory());
                assertEquals(new Delivery.Done(), deliver(http, "https://" + TestTls.HOST + ":" + secure.port() + "/"));
                assertEquals(List.of(TestTls.HOST), named);
                assertEquals(
                        new Delivery.Later("TLS with the receiver failed", Optional.empty()),
                        deliver(http, "https://other.test:" + secure.port() + "/"));
            }
        }
    }
}
