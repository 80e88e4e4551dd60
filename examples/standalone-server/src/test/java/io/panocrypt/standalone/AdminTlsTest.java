package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.servlet.HealthServlet;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.servlet.TangEndpoint;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.web.TlsFiles;
import io.panocrypt.standalone.web.WebServer;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS for operators and plain HTTP for boot networks, in one server. */
class AdminTlsTest {
    private static final String TIMEOUT = String.valueOf(TestTimeout.MAX_SECONDS);

    @TempDir
    private Path folder;

    private TestCertificates made;

    @BeforeEach
    void make() {
        made = new TestCertificates(folder);
        selfSigned("people");
    }

    private void selfSigned(String name) {
        made.selfSigned(name, 90, "rsa:2048", "-addext", "subjectAltName=IP:127.0.0.1");
    }

    /** The answer that curl gets when it trusts this certificate. */
    private String get(String url, String trusted, String... more) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail", "--max-time", TIMEOUT));
        command.addAll(List.of("--cacert", made.file(trusted + ".pem").toString()));
        command.addAll(List.of(more));
        command.add(url);
        return new String(Tool.run(new byte[0], command).ok().output(), StandardCharsets.UTF_8);
    }

    @Test
    void servesPeopleByHttpsAndDevicesByPlainHttp() throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.serve(
                data,
                0,
                "--admin-listen",
                "127.0.0.1:0",
                "--admin-tls-cert",
                made.file("people.pem").toString(),
                "--admin-tls-key",
                made.file("people.key").toString())) {
            assertTrue(server.url().startsWith("http://"), server.url());
            assertTrue(server.adminUrl().startsWith("https://"), server.adminUrl());
            get(server.url() + "/healthz", "people");
            String token = Files.readString(data.resolve("admin-token")).strip();
            get(server.adminUrl() + "/api/v1/devices", "people", "-H", "Authorization: Bearer " + token);
            Set<String> samples = PrometheusText.parse(get(server.adminUrl() + "/metrics", "people"))
                    .samples()
                    .keySet();
            assertEquals(
                    List.of("panocrypt_tls_certificate_expiry_seconds{listener=\"admin\"}"),
                    samples.stream()
                            .filter(name -> name.contains("certificate"))
                            .toList());
        }
    }

    @Test
    void givesEachAddressItsOwnPairAndReloadsIt() {
        selfSigned("machines");
        selfSigned("later");
        TlsFiles people = files("people");
        try (WebServer server = serve(Optional.of(files("machines")), Optional.of(people))) {
            get(server.url() + "/healthz", "machines");
            get(server.adminUrl() + "/healthz", "people");
            made.write("people.pem", made.text("later.pem"));
            made.write("people.key", made.text("later.key"));
            people.check();
            get(server.adminUrl() + "/healthz", "later");
            get(server.url() + "/healthz", "machines");
        }
    }

    @Test
    void servesBothByTheOnePairThereIs() {
        try (WebServer server = serve(Optional.of(files("people")), Optional.empty())) {
            get(server.url() + "/healthz", "people");
            get(server.adminUrl() + "/healthz", "people");
        }
    }

    /** Serves no device. */
    private static final class Nothing implements TangEndpoint {
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
    }

    private TlsFiles files(String name) {
        return new TlsFiles(made.file(name + ".pem"), made.file(name + ".key"), InstantSource.system());
    }

    private static WebServer serve(Optional<TlsFiles> tls, Optional<TlsFiles> adminTls) {
        HostAndPort free = new HostAndPort("127.0.0.1", 0);
        WebServer server = WebServer.bind(new WebServer.Listeners(free, Optional.of(free), tls, adminTls));
        server.start(new Nothing(), SourceAddress.ofPeer(), HealthServlet.alive());
        return server;
    }
}
