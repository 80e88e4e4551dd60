package io.panocrypt.servlet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.ServiceLimits;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Runs the servlets in a real container on a free loopback port, over a memory store that can be made to fail. */
public final class ApiServer {
    /** Maximum wait for something that must happen, as in the testkit, which depends on this module. */
    public static final Duration MAX_WAIT = Duration.ofMinutes(5);

    private static final String EDIT = "edit";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final MasterKey master;
    private final Server server;
    private final Store store;
    private final AtomicInteger callsLeft = new AtomicInteger();
    private final AtomicReference<Optional<RuntimeException>> fault = new AtomicReference<>(Optional.empty());
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Panocrypt.Builder settings;
    private final Panocrypt panocrypt;
    private final String admin;

    ApiServer(Path directory) throws Exception {
        this(directory, InstantSource.system());
    }

    ApiServer(Path directory, InstantSource clock) throws Exception {
        this(directory, clock, defaults -> {});
    }

    /** @param changes the settings that differ from the defaults */
    ApiServer(Path directory, InstantSource clock, Consumer<Panocrypt.Builder> changes) throws Exception {
        SecureRandom random = new SecureRandom();
        master = MasterKey.create(directory.resolve("master-key"), random);
        store = breakable(new MemoryStore(clock, "test-node"));
        this.settings = Panocrypt.builder()
                .store(store)
                .custody(new SealedKeyCustody(master, new JcaEngine(random), random))
                .publicUrl(URI.create("http://192.0.2.1:8080"))
                .clock(clock)
                .limits(new ServiceLimits(MAX_WAIT, ServiceLimits.DEFAULTS.requestsAtOnce()));
        changes.accept(this.settings);
        panocrypt = this.settings.build();
        admin = panocrypt.members().createFirstAdministrator().orElseThrow();
        server = new Server(new InetSocketAddress("127.0.0.1", 0));
        server.getConnectors()[0]
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .setUriCompliance(UriCompliance.DEFAULT.with("unlock", Violation.AMBIGUOUS_EMPTY_SEGMENT));
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServletContainerInitializer(
                (none, started) -> PanocryptServlets.of(panocrypt).register(started));
        server.setHandler(context);
        server.start();
    }

    private Store breakable(MemoryStore memory) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class, OutboxStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("outbox")) {
                        return Optional.of(proxy);
                    }
                    if (fault.get().isPresent() && callsLeft.decrementAndGet() < 0) {
                        throw fault.get().get();
                    }
                    before.getOrDefault(isEdit(arguments) ? EDIT : method.getName(), () -> {})
                            .run();
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static boolean isEdit(Object[] arguments) {
        return arguments != null
                && arguments[0] instanceof StoreWrite write
                && write.entries().stream().anyMatch(entry -> entry.kind() == JournalEntry.Kind.AUDIT);
    }

    Store store() {
        return store;
    }

    /** Runs this right before the next edit is applied, after its author has authenticated. */
    void beforeNextEdit(Runnable act) {
        beforeStore(EDIT, () -> {
            before.remove(EDIT);
            act.run();
        });
    }

    Panocrypt panocrypt() {
        return panocrypt;
    }

    /** Makes another node take a checkpoint, as each node does when it shuts down. */
    void checkpoint() {
        settings.checkpointInterval(Duration.ofDays(1)).build().close();
    }

    String adminToken() {
        return admin;
    }

    /** Makes every call of the store fail from now on. */
    void breakStore(RuntimeException with) {
        breakFromCall(1, with);
    }

    /** Makes the store's call with this number fail, counted from now on, and every later one. */
    void breakFromCall(int number, RuntimeException with) {
        callsLeft.set(number - 1);
        fault.set(Optional.of(with));
    }

    /** Appends one journal entry directly to the store. */
    void append(String id) {
        store.write(StoreWrite.of(new JournalEntry(id, JournalEntry.Kind.UNLOCK, Instant.EPOCH, null, "{}"))
                .build());
    }

    /** Runs this before each call of the store's method, on the thread of the call. */
    void beforeStore(String method, Runnable action) {
        before.put(method, action);
    }

    /** A member with that role. */
    Members.Issued member(String name, Role role) {
        return panocrypt.members().create(Actor.HOST, new MemberChange(name, role, null), null);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort() + path);
    }

    /** A call by the administrator; headers as name, value, name, value. */
    Answer call(String method, String path, String body, String... headers) throws IOException, InterruptedException {
        return callAs(admin, method, path, body, headers);
    }

    /** A call with this token. */
    Answer callAs(String token, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/api/v1" + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return call("GET", path, "");
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return call("POST", path, body);
    }

    Answer patch(String path, long version, String body) throws IOException, InterruptedException {
        return call("PATCH", path, body, "If-Match", "\"" + version + "\"");
    }

    Answer delete(String path) throws IOException, InterruptedException {
        return call("DELETE", path, "");
    }

    /** Sends a request unchanged, without the administrator's token. */
    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        // Uses a new connection: the server closes one whose body it refused unread, and the next call must not hit
        // that.
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response, response.body().startsWith("{") ? MAPPER.readTree(response.body()) : null);
    }

    /** Sends bytes that no client would send, and returns the status line. */
    String raw(byte[] request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", uri("/").getPort())) {
            socket.setSoTimeout(Math.toIntExact(MAX_WAIT.toMillis()));
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }

    /** A device on P-256, whose keys are cheap to make. */
    JsonNode device(String name, String moreMembers) throws IOException, InterruptedException {
        Answer made = post("/devices", "{\"name\":\"" + name + "\",\"curve\":\"P-256\"" + moreMembers + "}");
        if (made.status() != 201) {
            throw new AssertionError("no device: " + made.response().body());
        }
        return made.json();
    }

    /** One attempt to unlock from that address. */
    UnlockResult unlock(String deviceId, String source) throws RecoveryRequestException {
        Device device = panocrypt.devices().get(deviceId);
        var exchange = device.advertised().get(0).exchange();
        return panocrypt.unlock(new UnlockAttempt(
                device.token(),
                exchange.kid(),
                RecoveryRequest.parse(exchange.toJson().getBytes(StandardCharsets.UTF_8)),
                Optional.of(IpAddress.parse(source))));
    }

    /** An answer, with its JSON where it has one. */
    record Answer(HttpResponse<String> response, JsonNode json) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        List<String> problems() {
            List<String> problems = new ArrayList<>();
            json.path("problems").forEach(problem -> problems.add(problem.asText()));
            return problems;
        }
    }

    void stop() throws Exception {
        server.stop();
        panocrypt.close();
        master.close();
    }
}
