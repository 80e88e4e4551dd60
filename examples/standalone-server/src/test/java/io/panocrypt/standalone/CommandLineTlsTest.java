package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The error lines that an operator sees when TLS prevents a command. */
@RequiresTools("openssl")
class CommandLineTlsTest {
    private static final String IP = "IP:127.0.0.1";
    private static final String PASSWORD = "changeit";
    private static final String EC = "ec -pkeyopt ec_paramgen_curve:P-256";
    private static final String[] NOW = {"20200101000000Z", "20990101000000Z"};
    private static final String[] PAST = {"20200101000000Z", "20210101000000Z"};
    private static final String[] FUTURE = {"20980101000000Z", "20990101000000Z"};
    private static final String AUTHORITY = """
            [ca]
            default_ca = d
            [d]
            database = index.txt
            serial = serial
            new_certs_dir = .
            certificate = ca.pem
            private_key = ca.key
            default_md = sha256
            policy = p
            [p]
            commonName = supplied
            """;

    @TempDir
    Path folder = Path.of("");

    private final List<HttpServer> servers = new ArrayList<>();

    private record Ran(int exitCode, String err) {}

    @BeforeEach
    void makeCertificates() {
        TestCertificates certificates = certificates();
        certificates.write("token", "Some-Token");
        certificates.write("ca.cnf", AUTHORITY);
        certificates.write("index.txt", "");
        certificates.write("serial", "01\n");
        certificates.selfSigned("ca", 90, words(EC));
        certificates.selfSigned("other", 90, words(EC));
    }

    private TestCertificates certificates() {
        return new TestCertificates(folder);
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    /** Creates a certificate issued by the test's authority. */
    private static void make(TestCertificates certificates, String name, String host, String... dates) {
        certificates.write(name + ".ext", "subjectAltName=" + host);
        certificates.openssl(words("req -new -nodes -newkey " + EC + " -subj /CN=" + name + " -keyout " + name
                + ".key -out " + name + ".csr"));
        certificates.openssl(words("ca -batch -notext -config ca.cnf -in " + name + ".csr -out " + name
                + ".pem -extfile " + name + ".ext -startdate " + dates[0] + " -enddate " + dates[1]));
        certificates.openssl(words("pkcs12 -export -in " + name + ".pem -inkey " + name + ".key -out " + name
                + ".p12 -passout pass:" + PASSWORD));
    }

    private static String[] words(String line) {
        return line.split(" ");
    }

    private String https(String name, String host, String... dates) throws IOException, GeneralSecurityException {
        make(certificates(), name, host, dates);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return "https://127.0.0.1:" + start(server);
    }

    private int start(HttpServer server) {
        server.createContext("/", exchange -> {
            byte[] body = "{\"items\":[],\"nextCursor\":null}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private Ran audit(String url, String... more) {
        List<String> typed = new ArrayList<>(List.of(
                "audit", "--url", url, "--token-file", folder.resolve("token").toString()));
        typed.addAll(Arrays.asList(more));
        return run(typed);
    }

    private static Ran run(List<String> typed) {
        StringWriter err = new StringWriter();
        CommandLine command = Main.command(typed.toArray(String[]::new), Map.of());
        command.setErr(new PrintWriter(err)).setOut(new PrintWriter(new StringWriter()));
        return new Ran(command.execute(typed.toArray(String[]::new)), err.toString());
    }

    private String ca() {
        return "--ca=" + folder.resolve("ca.pem");
    }

    private void assertUnreachable(Ran ran, String url, String advice) {
        assertEquals(3, ran.exitCode(), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertTrue(ran.err().startsWith("cannot reach " + url + ": "), ran.err());
        assertTrue(ran.err().contains(advice), ran.err());
    }

    @Test
    void nothingWhereTheIssuerIsGiven() throws Exception {
        String url = https("good", IP, NOW);
        assertEquals(new Ran(0, ""), audit(url, ca()));
        assertEquals(new Ran(0, ""), audit(url, "--ca=" + folder.resolve("good.pem")));
    }

    @Test
    void anIssuerThatIsNotKnown() throws Exception {
        String url = https("good", IP, NOW);
        assertUnreachable(audit(url), url, "issuer is not known here; give the issuer's certificate with --ca FILE");
        assertUnreachable(audit(url, "--ca=" + folder.resolve("other.pem")), url, "with --ca FILE");
    }

    @Test
    void aCertificateForAnotherName() throws Exception {
        String url = https("elsewhere", "DNS:panocrypt.example", NOW);
        assertUnreachable(audit(url, ca()), url, "is for another name");
    }

    @Test
    void aCertificateThatHasExpired() throws Exception {
        String url = https("expired", IP, PAST);
        assertUnreachable(audit(url, ca()), url, "has expired");
    }

    /** A certificate that is trusted itself: the JDK alone would not check its dates, and would send the token. */
    @ParameterizedTest
    @ValueSource(strings = {"expired", "early"})
    void aCertificateThatIsTrustedItself(String name) throws Exception {
        String url = https(name, IP, name.equals("expired") ? PAST : FUTURE);
        Ran ran = audit(url, "--ca=" + folder.resolve(name + ".pem"));
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().contains("has expired, or is not valid yet"), ran.err());
    }

    @Test
    void aCertificateThatIsNotValidYet() throws Exception {
        String url = https("early", IP, FUTURE);
        assertUnreachable(audit(url, ca()), url, "not valid yet");
    }

    @Test
    void httpTypedForATlsServer() throws Exception {
        String url = https("good", IP, NOW).replace("https:", "http:");
        assertUnreachable(audit(url), url, "type https:// in --url");
    }

    /** Our server answers differently than the JDK's. */
    @Test
    void bothWithTheServerItself() throws Exception {
        Path data = folder.resolve("data");
        make(certificates(), "good", IP, NOW);
        try (ServerProcess server = ServerProcess.serve(
                data,
                0,
                "--tls-cert",
                folder.resolve("good.pem").toString(),
                "--tls-key",
                folder.resolve("good.key").toString())) {
            Files.copy(data.resolve("admin-token"), folder.resolve("token"), StandardCopyOption.REPLACE_EXISTING);
            assertEquals(new Ran(0, ""), audit(server.url(), ca()));
            String plain = server.url().replace("https:", "http:");
            assertUnreachable(audit(plain), plain, "type https:// in --url");
        }
        try (ServerProcess server = ServerProcess.serve(folder.resolve("plain"), 0)) {
            String tls = server.url().replace("http:", "https:");
            assertUnreachable(audit(tls, ca()), tls, "type http:// in --url");
        }
    }

    @Test
    void theSameForShowKeys() throws Exception {
        String url = https("good", IP, NOW);
        assertUnreachable(run(List.of("show-keys", url)), url, "issuer is not known here");
        Ran trusted = run(List.of("show-keys", url, ca()));
        assertEquals(new Ran(1, "what " + url + "/adv answered cannot be trusted: no payload\n"), trusted);
        String plain = url.replace("https:", "http:");
        assertUnreachable(run(List.of("show-keys", plain)), plain, "type https:// in URL");
    }

    /** From the environment the certificates may be for other servers. */
    @Test
    void certificatesTypedForAServerWithoutTls() throws Exception {
        String url = "http://127.0.0.1:" + start(HttpServer.create(loopback(), 0));
        assertEquals(
                new Ran(2, "--ca does nothing without https:// in --url\nsee 'panocrypt audit --help'\n"),
                audit(url, ca()));
        assertEquals(new Ran(0, ""), audit(url));
        Ran upper = audit("HTTPS://127.0.0.1:1", ca());
        assertEquals(3, upper.exitCode(), upper.err());
    }

    @Test
    void aFileThatHoldsNoCertificates() {
        for (String file : List.of("token", "ca.key", "missing", "index.txt", "")) {
            Ran ran = audit("https://127.0.0.1:1", "--ca=" + folder.resolve(file));
            assertEquals(2, ran.exitCode(), ran.err());
            assertTrue(ran.err().matches("--ca: .*\nsee 'panocrypt audit --help'\n"), ran.err());
        }
    }
}
