package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every servlet serves a path only in its exact spelling, at the root and in a context, in a lenient container. */
class RawPathTest {
    private static final String METRICS = "a_total 1.0\n";

    @TempDir
    private Path directory = Path.of("");

    private ApiServer service;
    private final List<Server> containers = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        service = new ApiServer(directory);
    }

    @AfterEach
    void close() throws Exception {
        for (Server container : containers) {
            container.stop();
        }
        service.stop();
    }

    /** Mounts the servlets in a container that passes every target on to them. */
    private LocalConnector mount(String contextPath, MetricsServlet metrics) throws Exception {
        Server server = new Server();
        containers.add(server);
        LocalConnector connector = new LocalConnector(server);
        connector
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .setUriCompliance(UriCompliance.UNSAFE);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(contextPath);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        context.addServlet(new ServletHolder(new ApiServlet(service.panocrypt())), "/api/v1/*");
        context.addServlet(
                new ServletHolder(new EnrollServlet(service.panocrypt(), SourceAddress.ofPeer())), "/enroll");
        context.addServlet(
                new ServletHolder(new TangServlet(TangEndpoint.of(service.panocrypt()), SourceAddress.ofPeer())), "/*");
        context.addServlet(new ServletHolder(HealthServlet.alive()), "/healthz");
        context.addServlet(new ServletHolder(HealthServlet.ready(service.panocrypt())), "/readyz");
        context.addServlet(new ServletHolder(metrics), "/metrics");
        server.setHandler(context);
        server.start();
        return connector;
    }

    private static String ask(LocalConnector connector, String method, String target, String token, String body)
            throws Exception {
        return connector.getResponse(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.split(" ")[1]);
    }

    /** Spellings of a path that containers or proxies treat as equal to it. */
    static List<String> otherSpellings(String context, String path) {
        List<String> spellings = new ArrayList<>();
        for (String before : List.of(
                "/u/..",
                "/u/..;",
                "/u/..;x=y",
                "/u/%2e%2e",
                "/u/%2E.",
                "/u/.%2e;",
                "/u%2f..",
                "/.",
                "/%2e",
                "/.;x",
                "/;x",
                "/",
                "//",
                "/u/x/../..",
                "/healthz/..",
                "/metrics/..;",
                "/api/v1/..;/..",
                "/enroll/%2e%2e",
                "/..",
                "/%2e%2e")) {
            spellings.add(context + before + path);
        }
        for (String after : List.of(
                ";",
                ";x",
                ";x=/",
                "/",
                "/.",
                "/..;" + path,
                "/x/..",
                "/%2e",
                "//",
                "%20",
                "%3f",
                "%3Bx",
                "%2f",
                "%23")) {
            spellings.add(context + path + after);
        }
        spellings.add(context + "/%" + Integer.toHexString(path.charAt(1)) + path.substring(2));
        spellings.add(context + "/" + path.substring(1, 2).toUpperCase(Locale.ROOT) + path.substring(2));
        if (!context.isEmpty()) {
            spellings.add("/%" + Integer.toHexString(context.charAt(1)) + context.substring(2) + path);
            spellings.add(context + ";x" + path);
            spellings.add("/x/.." + context + path);
            spellings.add("/" + context + path);
        }
        return spellings;
    }

    /** The container itself answers 400 to a path that climbs above the root. */
    private static boolean isRefused(int status) {
        return status == 404 || status == 400;
    }

    private String enrollmentKey() {
        return service.panocrypt()
                .enrollmentKeys()
                .create(
                        Actor.HOST,
                        EnrollmentKeyRequest.of("rack", DeviceChange.none()).withUses(1000))
                .secret();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/context"})
    void servesTheExactSpellingAndNoOther(String context) throws Exception {
        LocalConnector connector = mount(context.isEmpty() ? "/" : context, MetricsServlet.open(() -> METRICS));
        String key = enrollmentKey();
        List<String> wrong = new ArrayList<>();
        for (String path : List.of("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/devices")) {
            assertEquals(200, status(ask(connector, "GET", context + path, service.adminToken(), "")), path);
            for (String target : otherSpellings(context, path)) {
                String answer = ask(connector, "GET", target, service.adminToken(), "");
                if (!isRefused(status(answer)) || answer.contains("{\"items\"") || answer.contains("a_total")) {
                    wrong.add(target + " " + status(answer));
                }
            }
        }
        assertEquals(201, status(ask(connector, "POST", context + "/enroll", key, "{\"name\":\"exact\"}")));
        for (String target : otherSpellings(context, "/enroll")) {
            int status = status(ask(connector, "POST", target, key, "{\"name\":\"n" + wrong.size() + "\"}"));
            if (!isRefused(status)) {
                wrong.add(target + " " + status);
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(List.of("exact"), names());
    }

    private List<String> names() {
        return service.panocrypt().devices().list(io.panocrypt.policy.Devices.Filter.ALL, null, 10).items().stream()
                .map(Device::name)
                .toList();
    }

    @Test
    void revealsNothingToAStrangerByAnotherSpelling() throws Exception {
        LocalConnector connector = mount("/", MetricsServlet.forMembers(() -> METRICS, service.panocrypt()));
        for (String path : List.of("/metrics", "/api/v1/devices", "/api/v1/openapi.json", "/enroll")) {
            for (String target : otherSpellings("", path)) {
                int status = status(ask(connector, "GET", target, "", ""));
                assertTrue(isRefused(status) || status == 401, target + " " + status);
            }
        }
    }

    /** RFC 9112 section 3.2.2. */
    @Test
    void answersTheAbsoluteFormAsTheOriginForm() throws Exception {
        LocalConnector connector = mount("/", MetricsServlet.open(() -> METRICS));
        for (String path :
                List.of("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/devices?limit=1")) {
            assertEquals(200, status(ask(connector, "GET", "http://x" + path, service.adminToken(), "")), path);
        }
        assertEquals(404, status(ask(connector, "GET", "http://x/u/..;/metrics", service.adminToken(), "")));
        assertEquals(404, status(ask(connector, "GET", "http://x/%6detrics", service.adminToken(), "")));
    }

    @Test
    void admitsAQueryBehindAnExactPath() throws Exception {
        LocalConnector connector = mount("/", MetricsServlet.open(() -> METRICS));
        assertEquals(200, status(ask(connector, "GET", "/metrics?name[]=a", "", "")));
        assertEquals(200, status(ask(connector, "GET", "/healthz?x", "", "")));
    }

    @Nested
    class Metrics {
        @Test
        void needsATokenOfAMemberWhereStrangersCanAsk() throws Exception {
            LocalConnector connector = mount("/", MetricsServlet.forMembers(() -> METRICS, service.panocrypt()));
            String viewer = service.member("vera", Role.VIEWER).token();
            assertTrue(ask(connector, "GET", "/metrics", viewer, "").endsWith(METRICS));
            for (String token : List.of("", "x", enrollmentKey())) {
                String answer = ask(connector, "GET", "/metrics", token, "");
                assertEquals(401, status(answer));
                assertTrue(answer.contains("WWW-Authenticate: Bearer"), answer);
                assertTrue(answer.contains("application/problem+json"), answer);
                assertEquals(body(ask(connector, "GET", "/api/v1/devices", token, "")), body(answer));
            }
        }

        private static String body(String answer) {
            return answer.substring(answer.indexOf("\r\n\r\n"));
        }

        @Test
        void countsNothingForWhomItDoesNotAnswer() throws Exception {
            LocalConnector connector = mount(
                    "/",
                    MetricsServlet.forMembers(
                            () -> {
                                throw new IllegalStateException("scraped");
                            },
                            service.panocrypt()));
            assertEquals(401, status(ask(connector, "GET", "/metrics", "", "")));
            assertEquals(500, status(ask(connector, "GET", "/metrics", service.adminToken(), "")));
        }

        @Test
        void refusesWhereTheStoreCannotSayWhoseTokenItIs() throws Exception {
            LocalConnector connector = mount("/", MetricsServlet.forMembers(() -> METRICS, service.panocrypt()));
            service.breakStore(new io.panocrypt.policy.spi.store.StoreException("secret detail"));
            String answer = ask(connector, "GET", "/metrics", service.adminToken(), "");
            assertEquals(503, status(answer));
            assertTrue(
                    Optional.of(answer).filter(text -> text.contains("secret")).isEmpty());
        }

        @Test
        void answersOnlyReads() throws Exception {
            LocalConnector connector = mount("/", MetricsServlet.open(() -> METRICS));
            String answer = ask(connector, "POST", "/metrics", "", "");
            assertEquals(405, status(answer));
            assertTrue(answer.contains("Allow: GET, HEAD"), answer);
        }
    }
}
