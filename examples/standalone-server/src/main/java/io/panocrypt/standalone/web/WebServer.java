package io.panocrypt.standalone.web;

import io.panocrypt.console.ConsoleServlet;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.servlet.HealthServlet;
import io.panocrypt.servlet.PanocryptServlets;
import io.panocrypt.servlet.PanocryptServlets.Part;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.servlet.TangEndpoint;
import io.panocrypt.servlet.TangServlet;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.Unsealer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with the servlets. Operators use the devices' address or a separate one. */
public final class WebServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WebServer.class.getName());
    static final String HEALTHZ = "/healthz";
    static final String READYZ = "/readyz";

    private static final String UNLOCK = "unlock";
    static final String ADMIN = "admin";
    /** The path of the console, where the links in notices lead. */
    public static final String CONSOLE = "/console/";

    private static final int MAX_ADMIN_CONNECTIONS = 256;

    /** Enough for several operators behind one address, and too few to lock out the others. */
    private static final int MAX_ADMIN_PEER_CONNECTIONS = 64;

    /** Idle timeout during a stop. Idle connections end properly before incomplete requests are cut off. */
    private static final Duration SHUTDOWN_IDLE = Duration.ofSeconds(2);

    private static final Duration HALVES = Duration.ofSeconds(3);
    private static final Duration WHOLES = Duration.ofSeconds(12);
    private static final int MAX_THREADS = 200;
    /**
     * Concurrent unlocks, limited so no kind of request takes all threads. The rest reads, writes and answers /healthz.
     */
    private static final int MAX_UNLOCKS = 128;

    private static final int MAX_OTHERS = 40;
    private static final int MAX_READINESS = 4;
    private static final int MAX_ADMIN_THREADS = 32;
    private static final int MAX_ADMIN_OTHERS = 12;
    /**
     * The backlog, large enough for a boot storm. The kernel limits it to net.core.somaxconn, 4096 by default on Linux.
     */
    private static final int WAITING_CONNECTIONS = 4_096;
    /** Without this limit the kernel buffers megabytes of unread answers per connection. */
    private static final int SEND_BUFFER = 64 * 1024;

    /** Like tangd, refuses a longer request target with 414. */
    private static final int MAX_HEADER = 8192;

    private final Server server;
    private final Listeners listeners;
    private final ConnectionLimits limits;
    private final WholeRequests whole = new WholeRequests();
    private final OpeningHandler opening = new OpeningHandler();
    private final BufferBudget bodies;
    private final BufferBudget answers;

    private WebServer(
            Server server, Listeners listeners, ConnectionLimits limits, BufferBudget bodies, BufferBudget answers) {
        this.server = server;
        this.listeners = listeners;
        this.limits = limits;
        this.bodies = bodies;
        this.answers = answers;
    }

    /**
     * The addresses and TLS files of the server.
     *
     * @param listen the address for devices, and for operators without a separate one
     * @param admin a separate address for operators
     * @param tls the pair for devices, and for operators without a separate one; empty for plain HTTP
     * @param adminTls the pair for operators on a separate address; empty to use that of devices
     */
    public record Listeners(
            HostAndPort listen, Optional<HostAndPort> admin, Optional<TlsFiles> tls, Optional<TlsFiles> adminTls) {
        public Listeners(HostAndPort listen, Optional<HostAndPort> admin, Optional<TlsFiles> tls) {
            this(listen, admin, tls, Optional.empty());
        }

        /** The pair of the operators' separate address. */
        Optional<TlsFiles> operatorsTls() {
            return adminTls.or(() -> tls);
        }

        /** The pairs in use, by listener: {@code devices}, and {@code admin} if operators have a separate pair. */
        public Map<String, TlsFiles> pairs() {
            Map<String, TlsFiles> pairs = new TreeMap<>();
            tls.ifPresent(files -> pairs.put("devices", files));
            adminTls.ifPresent(files -> pairs.put(ADMIN, files));
            return pairs;
        }
    }

    /** Binds the ports, so the URLs are known. Clients that connect wait until the server is started. */
    public static WebServer bind(Listeners listeners) {
        return bind(listeners, ConnectionLimits.ofProcess());
    }

    public static WebServer bind(Listeners listeners, ConnectionLimits limits) {
        Server server = new Server(threads(UNLOCK, MAX_THREADS));
        server.setErrorHandler(new SilentErrorHandler());
        addConnector(server, UNLOCK, listeners.listen(), listeners.tls());
        listeners.admin().ifPresent(address -> addConnector(server, ADMIN, address, listeners.operatorsTls()));
        BufferBudget bodies = new BufferBudget("bodies", limits.bufferBytes());
        BufferBudget answers = new BufferBudget("answers that nobody reads", limits.bufferBytes());
        for (Connector connector : server.getConnectors()) {
            limit((ServerConnector) connector, limits, answers);
        }
        return new WebServer(server, listeners, limits, bodies, answers);
    }

    private static void limit(ServerConnector connector, ConnectionLimits limits, BufferBudget answers) {
        boolean isAdmin = connector.getName().equals(ADMIN);
        int connections = isAdmin ? MAX_ADMIN_CONNECTIONS : limits.connections();
        int ofOnePeer =
                isAdmin ? Math.min(MAX_ADMIN_PEER_CONNECTIONS, limits.peerConnections()) : limits.peerConnections();
        SlowConnections slow = new SlowConnections(connector.getServer(), limits.timeout(), connections, answers);
        connector.setIdleTimeout(limits.timeout().toMillis());
        connector.addBean(slow);
        connector.addBean(new PeerConnections(new Peers(limits.proxies()), ofOnePeer));
        connector.getServer().addBean(new NetworkConnectionLimit(connections, connector));
    }

    /** Serves a service's devices and its operators. */
    public void start(Panocrypt panocrypt, SourceAddress addresses) {
        start(panocrypt, addresses, Optional.empty(), Optional.empty());
    }

    /**
     * Serves a service's devices and its operators.
     *
     * @param metrics served on the operators' address; needs a member's token unless that address is separate; empty
     *     for none
     * @param rootDevice the name of the device that answers at the root, beside all devices at their paths; empty for none
     */
    public void start(
            Panocrypt panocrypt, SourceAddress addresses, Optional<Metrics> metrics, Optional<String> rootDevice) {
        PanocryptServlets unlock = PanocryptServlets.of(panocrypt).sources(addresses);
        rootDevice.ifPresent(unlock::rootDevice);
        ConsoleServlet console = new ConsoleServlet(panocrypt);
        if (listeners.admin().isEmpty()) {
            metrics.ifPresent(all -> unlock.metrics(all::scrape));
            start(new ContextHandlerCollection(withConsole(context(unlock), console)));
            return;
        }
        PanocryptServlets operators =
                PanocryptServlets.of(panocrypt).only(Part.API, Part.HEALTH).forOperatorsOnly();
        metrics.ifPresent(all -> operators.metrics(all::scrape));
        // Machines cannot reach the operators' address.
        unlock.only(Part.DEVICES, Part.ENROLLMENT, Part.HEALTH);
        start(new ContextHandlerCollection(
                onListener(UNLOCK, unlock), withConsole(onListener(ADMIN, operators), console)));
    }

    private static ServletContextHandler withConsole(ServletContextHandler context, ConsoleServlet console) {
        ServletHolder holder = new ServletHolder(console);
        holder.setAsyncSupported(true);
        context.addServlet(holder, CONSOLE + "*");
        return context;
    }

    /** Serves a Tang key directory at the root. */
    public void start(TangEndpoint endpoint, SourceAddress sources, HealthServlet ready) {
        ServletContextHandler context = context();
        ServletHolder tang = new ServletHolder(new TangServlet(endpoint, sources));
        tang.setAsyncSupported(true);
        context.addServlet(tang, "/*");
        context.addServlet(new ServletHolder(HealthServlet.alive()), HEALTHZ);
        context.addServlet(new ServletHolder(ready), READYZ);
        start(new ContextHandlerCollection(context));
    }

    private void start(ContextHandlerCollection contexts) {
        try {
            opening.open(contexts);
        } catch (Exception e) {
            throw new StartupException("cannot start: " + e.getMessage(), e);
        }
        if (!server.isStarted()) {
            startWaiting();
        }
    }

    /** Answers 503, and liveness checks, until a {@code start} method is called. */
    public void startWaiting() {
        whole.setHandler(opening);
        Handler shares = new RequestShares(
                whole,
                new Peers(limits.proxies()),
                limits.peerRequests(),
                Map.of(
                        UNLOCK,
                        new RequestShares.Shares(MAX_UNLOCKS, MAX_READINESS, MAX_OTHERS),
                        ADMIN,
                        new RequestShares.Shares(MAX_ADMIN_OTHERS, MAX_READINESS, MAX_ADMIN_OTHERS)));
        Handler requests = new RequestBuffer(shares, limits.timeout(), bodies, WebServer::mayReadBody);
        server.setHandler(new GracefulHandler(new ResponseBuffer(requests, answers, whole)));
        try {
            server.start();
        } catch (Exception e) {
            throw new StartupException("cannot start: " + e.getMessage(), e);
        }
    }

    /**
     * Whether the body may be read: all requests except unlocks, and shares for a sealed server, need a token or the cookie
     * of a console's page, and are refused without one before the body is read.
     */
    private static boolean mayReadBody(Request request) {
        String path = Objects.requireNonNullElse(request.getHttpURI().getCanonicalPath(), "");
        return path.contains("/rec/")
                || path.equals(UnsealEndpoint.PATH)
                || path.startsWith(CONSOLE) && request.getHeaders().contains(HttpHeader.COOKIE)
                || request.getHeaders().contains(HttpHeader.AUTHORIZATION);
    }

    /** Answers 503, and takes shares of the master key on the operators' address, until a {@code start} method is called. */
    public void startSealed(Unsealer unsealer) {
        opening.seal(new UnsealEndpoint(unsealer, listeners.admin().isPresent() ? ADMIN : UNLOCK));
        startWaiting();
    }

    private static QueuedThreadPool threads(String name, int most) {
        QueuedThreadPool threads = new QueuedThreadPool(most);
        threads.setName("panocrypt-" + name);
        // Requests wait for the store, so reserved threads would soon be used up. Looking for one costs 2 % of an
        // unlock.
        threads.setReservedThreads(0);
        return threads;
    }

    private static void addConnector(Server server, String name, HostAndPort address, Optional<TlsFiles> tls) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_HEADER);
        // Stock Clevis sends //adv/ if its URL ends with a slash, and the servlets match the raw target themselves.
        // Fragments are refused here, because servlets do not see them.
        http.setUriCompliance(UriCompliance.UNSAFE.without("panocrypt", UriCompliance.Violation.FRAGMENT));
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ConnectionFactory[] factories = {plain};
        if (tls.isPresent()) {
            // No SNI check: devices may be bound to an IP address, which SNI cannot contain.
            http.addCustomizer(new SecureRequestCustomizer(false));
            factories = new ConnectionFactory[] {
                new SslConnectionFactory(tls.get().contextFactory(), plain.getProtocol()), plain
            };
        }
        // Each address has its own threads, so operators get through when devices, or attackers, take all of theirs.
        // There is no acceptor thread: handing a connection to a selector costs more than accepting it there.
        ServerConnector connector = new ServerConnector(
                server, name.equals(ADMIN) ? threads(name, MAX_ADMIN_THREADS) : null, null, null, 0, -1, factories);
        connector.setAcceptQueueSize(WAITING_CONNECTIONS);
        connector.setAcceptedSendBufferSize(SEND_BUFFER);
        connector.setName(name);
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE.toMillis());
        connector.setHost(address.host());
        connector.setPort(address.port());
        connector.setReuseAddress(true);
        try {
            connector.open();
        } catch (IOException e) {
            throw new StartupException("cannot listen on " + address.inUrl(address.port()) + ": " + reason(e), e);
        }
        server.addConnector(connector);
    }

    /** Uses the cause: Jetty's message says only that it failed, not whether the port is in use or not permitted. */
    private static String reason(IOException fault) {
        Throwable cause = fault.getCause() == null ? fault : fault.getCause();
        return String.valueOf(cause.getMessage());
    }

    private static ServletContextHandler onListener(String name, PanocryptServlets servlets) {
        ServletContextHandler context = context(servlets);
        context.setVirtualHosts(List.of("@" + name));
        return context;
    }

    private static ServletContextHandler context(PanocryptServlets servlets) {
        ServletContextHandler context = context();
        context.addServletContainerInitializer((none, started) -> servlets.register(started));
        return context;
    }

    private static ServletContextHandler context() {
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        // Jetty's default servlet would answer 405 to a POST on an unknown path.
        context.getServletHandler().setEnsureDefaultServlet(false);
        context.setErrorHandler(new SilentErrorHandler());
        return context;
    }

    /** Whether it has started and nobody has begun to stop it. */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** The base URL of the devices' address. */
    public String url() {
        return url(0, listeners.listen(), listeners.tls());
    }

    /** The base URL of the operators' address. */
    public String adminUrl() {
        return listeners
                .admin()
                .map(address -> url(1, address.callable(), listeners.operatorsTls()))
                .orElseGet(() -> url(0, listeners.listen().callable(), listeners.tls()));
    }

    /** The port for devices. */
    public int port() {
        return port(0);
    }

    private int port(int connector) {
        return ((ServerConnector) server.getConnectors()[connector]).getLocalPort();
    }

    private String url(int connector, HostAndPort address, Optional<TlsFiles> tls) {
        int port = port(connector);
        return (tls.isPresent() ? "https://" : "http://") + address.inUrl(port);
    }

    /** Waits until the server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Refuses new requests, waits 3 s for idle connections and incomplete requests and 15 s in total for complete ones,
     * and stops. Requests that do not end in time are cut off with a warning in the log.
     */
    @Override
    public void close() {
        stop();
    }

    /** Stops like {@link #close()}; returns false if a complete request was not answered. */
    public boolean stop() {
        CompletableFuture<Void> connections = Graceful.shutdown(server);
        boolean answered = ends(connections, HALVES) || ends(whole.answered(), WHOLES);
        if (!answered) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "requests were cut off: they were not answered within 15 s of the stop");
        }
        try {
            server.stop();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "the web server did not stop cleanly", e);
        }
        return answered;
    }

    private static boolean ends(CompletableFuture<Void> what, Duration timeout) {
        try {
            what.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "the web server did not stop cleanly", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
