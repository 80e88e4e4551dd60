package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.servlet.HealthServlet;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.servlet.TangEndpoint;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.web.Metrics;
import io.panocrypt.standalone.web.TlsFiles;
import io.panocrypt.standalone.web.WebServer;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a TLS client sees of the certificate files, and what is logged about them. */
@RequiresTools("openssl")
class TlsFilesTest {
    @TempDir
    Path folder;

    private final MutableClock clock = new MutableClock(Instant.now().plus(Duration.ofHours(1)));
    private final Logger logger = Logger.getLogger(TlsFiles.class.getName());
    private final List<String> log = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            log.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private TestCertificates made;
    private Path certificate;
    private Path key;
    private @Nullable WebServer server;

    @BeforeEach
    void prepare() {
        made = new TestCertificates(folder);
        certificate = folder.resolve("tls.pem");
        key = folder.resolve("tls.key");
        logger.addHandler(handler);
        // An earlier command in this JVM may have made all our loggers quiet.
        logger.setLevel(Level.ALL);
    }

    @AfterEach
    void end() {
        logger.removeHandler(handler);
        logger.setLevel(null);
        if (server != null) {
            server.close();
        }
    }

    private TlsFiles open() {
        return new TlsFiles(certificate, key, clock);
    }

    private void install(String certificateOf, String keyOf) {
        made.write("tls.pem", made.text(certificateOf));
        made.write("tls.key", made.text(keyOf));
    }

    private void serve(TlsFiles files) {
        server = WebServer.bind(
                new WebServer.Listeners(new HostAndPort("127.0.0.1", 0), Optional.empty(), Optional.of(files)));
        TangEndpoint none = new TangEndpoint() {
            @Override
            public String basePattern() {
                return "()";
            }

            @Override
            public Optional<byte[]> advertisement(String token, @Nullable String thumbprint) {
                return Optional.empty();
            }

            @Override
            public UnlockResult recover(UnlockAttempt attempt) {
                return new UnlockResult.NotFound();
            }
        };
        server.start(none, SourceAddress.ofPeer(), HealthServlet.alive());
    }

    /** The subjects of the chain in a new handshake. */
    private List<String> handshake() throws IOException, GeneralSecurityException {
        SSLContext trustful = SSLContext.getInstance("TLS");
        trustful.init(null, new TrustManager[] {new TrustAll()}, null);
        try (SSLSocket socket =
                (SSLSocket) trustful.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            socket.startHandshake();
            return Arrays.stream(socket.getSession().getPeerCertificates())
                    .map(peer ->
                            ((X509Certificate) peer).getSubjectX500Principal().getName())
                    .toList();
        }
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-384", "ed25519"})
    void servesEachKindOfKey(String kind) throws Exception {
        made.selfSigned("good", 90, kind.split(" "));
        install("good.pem", "good.key");
        serve(open());
        assertEquals(List.of("CN=good"), handshake());
        assertEquals(List.of(), log);
    }

    @ParameterizedTest
    @CsvSource({
        "one.pem,       two.key,       does not belong to the certificate",
        "one.pem,       elliptic.key,  does not belong to the certificate",
        "both.pem,      two.key,       'number 2, and must be the first'",
        "empty,         one.key,       holds no certificate in PEM",
        "one.pem,       empty,         it is empty",
        "one.key,       one.pem,       holds no certificate in PEM",
        "one.pem,       one.pem,       holds no PKCS #8 key",
        "cut.pem,       one.key,       holds no certificate in PEM",
        "damaged.pem,   one.key,       certificate 1 is damaged",
        "one.pem,       cut.key,       is not whole",
        "one.pem,       encrypted.key, openssl pkey -in OLD -out NEW",
        "one.pem,       old.key,       openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW",
        "elliptic.pem,  sec1.key,      openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW",
        "missing,       one.key,       cannot be read (NoSuchFileException)",
        "one.pem,       missing,       cannot be read (NoSuchFileException)"
    })
    void refusesToStartWithWhatIsNoPair(String certificateOf, String keyOf, String message) {
        made.selfSigned("one", 90);
        made.selfSigned("two", 90);
        made.selfSigned("elliptic", 90, "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        made.write("both.pem", made.text("one.pem") + made.text("two.pem"));
        made.write("empty", "");
        made.write("cut.pem", made.text("one.pem").substring(0, 500));
        made.write("damaged.pem", made.text("one.pem").replaceFirst("MII", "AAA"));
        made.write("cut.key", made.text("one.key").substring(0, 500));
        made.openssl("pkcs8", "-topk8", "-in", "one.key", "-out", "encrypted.key", "-passout", "pass:secret");
        made.openssl("rsa", "-traditional", "-in", "one.key", "-out", "old.key");
        made.openssl("ec", "-in", "elliptic.key", "-out", "sec1.key");
        StartupException refused = assertThrows(
                StartupException.class,
                () -> new TlsFiles(folder.resolve(certificateOf), folder.resolve(keyOf), clock));
        assertTrue(refused.getMessage().startsWith("cannot use the TLS files: "), refused.getMessage());
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void keepsTheGoodPairWhileOnlyOneHalfIsNew() throws Exception {
        made.selfSigned("old", 90);
        made.selfSigned("new", 90);
        install("old.pem", "old.key");
        TlsFiles files = open();
        serve(files);

        install("new.pem", "old.key");
        files.check();
        files.check();
        assertEquals(List.of("CN=old"), handshake());
        assertEquals(1, log.size(), "once for each change: " + log);
        assertTrue(
                log.get(0).startsWith("SEVERE the changed TLS files cannot be used,")
                        && log.get(0).contains("does not belong to the certificate"),
                log.get(0));

        Files.delete(key);
        files.check();
        files.check();
        assertEquals(List.of("CN=old"), handshake());
        assertEquals(2, log.size(), log::toString);

        install("new.pem", "new.key");
        files.check();
        assertEquals(List.of("CN=new"), handshake());
        assertEquals(3, log.size(), log::toString);
        assertTrue(log.get(2).startsWith("INFO new certificate in use: CN=new, serial "), log.get(2));

        install("old.pem", "new.key");
        files.check();
        assertEquals(4, log.size(), "a new change is a new line: " + log);
    }

    /** Like Kubernetes and ACME scripts; neither time nor length need to differ. */
    @Test
    void seesLinksThatAreSwappedAndFilesThatAreRenamed() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            made.selfSigned(name, 90, "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
            Files.createDirectory(folder.resolve("dir-" + name));
            Files.move(folder.resolve(name + ".pem"), folder.resolve("dir-" + name + "/tls.pem"));
            Files.move(folder.resolve(name + ".key"), folder.resolve("dir-" + name + "/tls.key"));
        }
        Path link = Files.createSymbolicLink(folder.resolve("data"), Path.of("dir-a"));
        certificate = link.resolve("tls.pem");
        key = link.resolve("tls.key");
        TlsFiles files = open();
        serve(files);
        assertEquals(List.of("CN=a"), handshake());

        Files.createSymbolicLink(folder.resolve("next"), Path.of("dir-b"));
        Files.move(folder.resolve("next"), link, StandardCopyOption.ATOMIC_MOVE);
        files.check();
        assertEquals(List.of("CN=b"), handshake());

        for (String file : List.of("tls.pem", "tls.key")) {
            Path next = folder.resolve("dir-c").resolve(file);
            Files.setLastModifiedTime(next, Files.getLastModifiedTime(link.resolve(file)));
            Files.move(next, link.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        }
        files.check();
        assertEquals(List.of("CN=c"), handshake());
    }

    @Test
    void sendsTheChainInOrderAndNothingThatIsNoPartOfIt() throws Exception {
        made.selfSigned("root", 90);
        made.issued("middle", "root");
        made.issued("leaf", "middle");
        made.selfSigned("stranger", 90);
        made.write(
                "tls.pem",
                "a text in front\n" + made.text("leaf.pem") + made.text("root.pem") + made.text("stranger.pem")
                        + made.text("middle.pem"));
        made.write("tls.key", made.text("leaf.key"));
        serve(open());
        assertEquals(List.of("CN=leaf", "CN=middle", "CN=root"), handshake());
        assertEquals(
                List.of("WARNING " + certificate
                        + ": 1 of its certificates are not sent, since they are not issuers of the first one"),
                log);
    }

    @Test
    void warnsBeforeTheCertificateExpiresAndDailyAfterwards() throws Exception {
        made.selfSigned("old", 90);
        made.selfSigned("new", 180);
        install("old.pem", "old.key");
        TlsFiles files = open();
        serve(files);
        Instant expiry = files.expiry();
        List<String> expected = new ArrayList<>();
        for (int days : List.of(31, 30, 29, 14, 13, 8, 7, 6, 1)) {
            clock.set(expiry.minus(Duration.ofDays(days)).plusSeconds(1));
            files.check();
            files.check();
        }
        for (int days : List.of(30, 14, 7, 1)) {
            expected.add("WARNING " + certificate + " expires in less than " + days + " days, at " + expiry);
        }
        for (int hours : List.of(0, 10, 23, 24, 30, 48)) {
            clock.set(expiry.plus(Duration.ofHours(hours)));
            files.check();
        }
        for (int day = 0; day < 3; day++) {
            expected.add(
                    "SEVERE " + certificate + " has expired at " + expiry + ": clients refuse it, put a new one there");
        }
        assertEquals(expected, log);
        assertEquals(List.of("CN=old"), handshake(), "served all the same");

        log.clear();
        install("new.pem", "new.key");
        files.check();
        assertEquals(1, log.size(), log::toString);
        assertTrue(files.expiry().isAfter(expiry));
    }

    @Test
    void startsWithAnExpiredCertificateAndSaysSo() throws Exception {
        made.selfSigned("old", 1);
        install("old.pem", "old.key");
        clock.advance(Duration.ofDays(3));
        serve(open());
        assertEquals(List.of("CN=old"), handshake());
        assertEquals(1, log.size(), log::toString);
        assertTrue(log.get(0).startsWith("SEVERE " + certificate + " has expired at "), log.get(0));
    }

    @Test
    void keepsValidPairWhenTheNewOneIsNotValid() throws Exception {
        made.selfSigned("long", 90);
        made.selfSigned("short", 1);
        install("long.pem", "long.key");
        TlsFiles files = open();
        serve(files);
        clock.advance(Duration.ofDays(2));
        install("short.pem", "short.key");
        files.check();
        files.check();
        assertEquals(List.of("CN=long"), handshake());
        assertEquals(1, log.size(), log::toString);
        assertTrue(log.get(0).contains("is valid from"), log.get(0));

        clock.set(Instant.now().minus(Duration.ofDays(400)));
        log.clear();
        assertFalse(open().expiry().isBefore(Instant.now()));
        assertTrue(log.get(0).contains("is not valid before"), log::toString);
    }

    @Test
    void isMeasured() {
        made.selfSigned("good", 90);
        install("good.pem", "good.key");
        TlsFiles files = open();
        Metrics metrics = new Metrics(List.of());
        metrics.watchCertificate("devices", files::expiry);
        PrometheusText text = PrometheusText.parse(metrics.scrape());
        assertEquals(
                (double) files.expiry().getEpochSecond(),
                text.samples().get("panocrypt_tls_certificate_expiry_seconds{listener=\"devices\"}"));
    }
}
