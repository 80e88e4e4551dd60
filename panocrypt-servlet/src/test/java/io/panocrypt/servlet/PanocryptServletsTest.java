package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.servlet.PanocryptServlets.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The servlets at any path, and what the log says where clients cannot find them. */
class PanocryptServletsTest {
    private static final String METRICS = "a_total 1.0\n";

    @TempDir
    private Path directory;

    private final List<ApiServer> services = new ArrayList<>();
    private final List<Server> containers = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (Server container : containers) {
            container.stop();
        }
        for (ApiServer service : services) {
            service.stop();
        }
    }

    private ApiServer service(String publicUrl) throws Exception {
        Path own = Files.createDirectory(directory.resolve("service-" + services.size()));
        ApiServer service =
                new ApiServer(own, InstantSource.system(), settings -> settings.publicUrl(URI.create(publicUrl)));
        services.add(service);
        return service;
    }

    private static Device device(ApiServer service) {
        return service.panocrypt()
                .devices()
                .create(Actor.HOST, DeviceChange.none().withName("web-1"));
    }

    /** The port of a container with these contexts. */
    private int start(ServletContextHandler... contexts) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new ContextHandlerCollection(contexts));
        containers.add(server);
        server.start();
        return connector.getLocalPort();
    }

    private static ServletContextHandler context(String path, PanocryptServlets... all) {
        ServletContextHandler context = new ServletContextHandler(path.isEmpty() ? "/" : path);
        context.addServletContainerInitializer((none, started) -> {
            for (PanocryptServlets servlets : all) {
                servlets.register(started);
            }
        });
        return context;
    }

    private static String ask(int port, String method, String target, String token, String rest) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(Math.toIntExact(ApiServer.MAX_WAIT.toMillis()));
            socket.getOutputStream()
                    .write((method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                    + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
                                    + (rest.isEmpty() ? "\r\n" : rest))
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int get(int port, String target) throws IOException {
        return status(ask(port, "GET", target, "", ""));
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.split(" ")[1]);
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "/context, ''", "'', /unlock", "/context, /unlock/machines"})
    void serveAllPathsBehindContextAndPrefix(String contextPath, String prefix) throws Exception {
        String before = contextPath + prefix;
        ApiServer service = service("http://192.0.2.1" + before);
        int port = start(context(
                contextPath,
                PanocryptServlets.of(service.panocrypt()).prefix(prefix).metrics(() -> METRICS)));
        String device = URI.create(service.panocrypt().devices().unlockUrl(device(service)))
                .getPath();

        assertEquals(200, get(port, device + "/adv"));
        assertEquals(200, get(port, before + "/healthz"));
        assertEquals(200, get(port, before + "/readyz"));
        assertEquals(200, get(port, before + "/api/v1/openapi.json"));
        assertEquals(401, get(port, before + "/api/v1/devices"));
        assertEquals(401, get(port, before + "/metrics"));
        assertEquals(401, status(ask(port, "POST", before + "/enroll", "", "")));
        assertTrue(
                ask(port, "GET", before + "/metrics", service.adminToken(), "").endsWith(METRICS));
    }

    @Test
    void serveTwoServicesInOneContext() throws Exception {
        ApiServer a = service("http://192.0.2.1/a");
        ApiServer b = service("http://192.0.2.1/b");
        int port = start(context(
                "",
                PanocryptServlets.of(a.panocrypt()).prefix("/a"),
                PanocryptServlets.of(b.panocrypt()).prefix("/b")));
        String token = device(a).token();

        assertEquals(200, get(port, "/a/u/" + token + "/adv"));
        assertEquals(404, get(port, "/b/u/" + token + "/adv"));
        assertEquals(200, status(ask(port, "GET", "/b/api/v1/devices", b.adminToken(), "")));
        assertEquals(401, status(ask(port, "GET", "/b/api/v1/devices", a.adminToken(), "")));
    }

    @Test
    void refuseASecondServiceAtTheSamePaths() throws Exception {
        ApiServer a = service("http://192.0.2.1");
        PanocryptServlets health = PanocryptServlets.of(a.panocrypt()).only(Part.HEALTH);
        Exception refused = assertThrows(Exception.class, () -> start(context("", health, health)));
        assertTrue(refused.getMessage().contains("/healthz already: leave that part out"), refused.getMessage());
    }

    @Test
    void serveOnlyWhatIsAskedFor() throws Exception {
        ApiServer service = service("http://192.0.2.1");
        int port = start(context("", PanocryptServlets.of(service.panocrypt()).only(Part.API, Part.HEALTH)));
        assertEquals(200, get(port, "/api/v1/openapi.json"));
        assertEquals(200, get(port, "/healthz"));
        assertEquals(404, get(port, "/u/" + device(service).token() + "/adv"));
        assertEquals(404, get(port, "/enroll"));
        assertEquals(404, get(port, "/metrics"));
    }

    @Test
    void tellMoreWhereOnlyOperatorsCome() throws Exception {
        ApiServer service = service("http://192.0.2.1");
        PanocryptServlets strangers = PanocryptServlets.of(service.panocrypt()).metrics(() -> METRICS);
        PanocryptServlets operators =
                PanocryptServlets.of(service.panocrypt()).metrics(() -> METRICS).forOperatorsOnly();
        int port = start(context("/strangers", strangers), context("/operators", operators));
        assertEquals(401, get(port, "/strangers/metrics"));
        assertEquals(200, get(port, "/operators/metrics"));
        service.breakStore(new io.panocrypt.policy.spi.store.StoreException("away"));
        assertFalse(ask(port, "GET", "/strangers/readyz", "", "").contains("detail"));
        assertTrue(ask(port, "GET", "/operators/readyz", "", "").contains("detail"));
    }

    @Test
    void awaitABodyForAsLongAsTheyAreTold() throws Exception {
        ApiServer service = service("http://192.0.2.1");
        String key = service.panocrypt()
                .enrollmentKeys()
                .create(Actor.HOST, EnrollmentKeyRequest.of("rack", DeviceChange.none()))
                .secret();
        int port = start(context("", PanocryptServlets.of(service.panocrypt()).bodyTimeout(Duration.ofMillis(1))));
        String half = "Content-Length: 2\r\n\r\n{";
        assertEquals(408, status(ask(port, "POST", "/u/x/rec/x", "", half)));
        assertEquals(408, status(ask(port, "POST", "/enroll", key, half)));
        String api = ask(port, "POST", "/api/v1/devices", service.adminToken(), half);
        assertEquals(408, status(api));
        assertTrue(api.contains("\"the body was not complete"), api);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "/x/", "/", "/a b", "/a/../b", "/%61", "/*"})
    void refuseAPrefixThatIsNone(String prefix) throws Exception {
        PanocryptServlets servlets =
                PanocryptServlets.of(service("http://192.0.2.1").panocrypt());
        assertThrows(IllegalArgumentException.class, () -> servlets.prefix(prefix));
    }

    /** Every mapping that a host may think of: where a device answers, and what the log says of the public URL. */
    @ParameterizedTest
    @CsvSource({
        "'',   /u/*,   '',     /u,     ",
        "'',   /*,     '',     /u,     ",
        "'',   /,      '',     /u,     ",
        "'',   /x/*,   /x,     /x/u,   ",
        "'',   /x/u/*, /x,     /x/u,   ",
        "/c,   /u/*,   /c,     /c/u,   ",
        "/c,   /x/*,   /c/x,   /c/x/u, ",
        "/u,   /*,     /u,     /u/u,   ",
        "/u,   /u/*,   /u,     /u/u,   ",
        "'',   /u/*,   /x,     /u,     the proxy in front must remove /x from the path",
        "/c,   /u/*,   /x/c,   /c/u,   the proxy in front must remove /x from the path",
        "'',   /x/*,   '',     /x/u,   end publicUrl with /x",
        "/c,   /u/*,   '',     /c/u,   end publicUrl with /c",
        "/c,   /u/*,   /x,     /c/u,   end publicUrl with /c",
    })
    void aMountServesDevicesOrSaysWhyNot(
            String contextPath, String mapping, String publicPath, String devices, String log) throws Exception {
        ApiServer service = service("http://192.0.2.1" + publicPath);
        ServletContextHandler context = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
        ServletHolder holder =
                new ServletHolder(new TangServlet(TangEndpoint.of(service.panocrypt()), SourceAddress.ofPeer()));
        holder.setInitOrder(1);
        context.addServlet(holder, mapping);
        List<String> logged = new ArrayList<>();
        int port = logging(logged, () -> start(context));

        String token = device(service).token();
        assertEquals(200, get(port, devices + "/" + token + "/adv"));
        String kid = "a".repeat(43);
        assertEquals(400, status(ask(port, "POST", devices + "/" + token + "/rec/" + kid, "", "")));
        assertEquals(log == null ? 0 : 1, logged.size(), logged.toString());
        if (log != null) {
            assertTrue(logged.get(0).contains(log), logged.get(0));
        }
    }

    @Test
    void aMountWithoutPathsBelowItWarns() throws Exception {
        ApiServer service = service("http://192.0.2.1");
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder =
                new ServletHolder(new TangServlet(TangEndpoint.of(service.panocrypt()), SourceAddress.ofPeer()));
        holder.setInitOrder(1);
        context.addServlet(holder, "/u");
        List<String> logged = new ArrayList<>();
        logging(logged, () -> start(context));
        assertTrue(logged.get(0).endsWith("map it to /u/*"), logged.toString());
    }

    private interface Start {
        int run() throws Exception;
    }

    private static int logging(List<String> logged, Start start) throws Exception {
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(MessageFormat.format(entry.getMessage(), entry.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(TangServlet.class.getName());
        java.util.logging.Level before = logger.getLevel();
        logger.setLevel(java.util.logging.Level.INFO);
        logger.addHandler(listener);
        try {
            return start.run();
        } finally {
            logger.removeHandler(listener);
            logger.setLevel(before);
        }
    }
}
