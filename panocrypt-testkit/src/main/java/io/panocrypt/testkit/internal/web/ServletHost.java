package io.panocrypt.testkit.internal.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves what is registered in a {@link ServletContext} on a free port of 127.0.0.1, at the root, with one thread for each
 * request. Has what our servlets use, and no more: no filters, no sessions, no users, no asynchronous requests.
 */
public final class ServletHost implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServletHost.class.getName());

    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool(ServletHost::thread);
    private final ServletContext context = Partial.of(ServletContext.class, this::context);
    private final Map<String, Servlet> servlets = new LinkedHashMap<>();
    /** Names of servlets by their patterns. */
    private final Map<String, String> patterns = new ConcurrentHashMap<>();

    /** Takes a port; nothing is served yet. */
    public ServletHost() {
        try {
            http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.setExecutor(threads);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "panocrypt-test-server");
        thread.setDaemon(true);
        return thread;
    }

    /** Where it serves, without a slash at the end. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** Has servlets registered, and serves them when this returns. */
    public void start(Consumer<ServletContext> registration) {
        registration.accept(context);
        servlets.forEach(this::init);
        http.createContext("/", this::serve);
        http.start();
    }

    private void init(String name, Servlet servlet) {
        try {
            servlet.init(Partial.of(ServletConfig.class, (method, arguments) -> switch (method) {
                case "getServletName" -> name;
                case "getServletContext" -> context;
                case "getInitParameter" -> null;
                default -> throw Partial.missing(method);
            }));
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object context(String method, Object[] arguments) {
        return switch (method) {
            case "getContextPath" -> "";
            case "addServlet" -> {
                servlets.put((String) arguments[0], (Servlet) arguments[1]);
                yield registration((String) arguments[0]);
            }
            case "getServletRegistration" -> registration((String) arguments[0]);
            default -> throw Partial.missing(method);
        };
    }

    private ServletRegistration.Dynamic registration(String name) {
        return Partial.of(ServletRegistration.Dynamic.class, (method, arguments) -> switch (method) {
            case "addMapping" -> {
                for (String pattern : (String[]) arguments[0]) {
                    patterns.put(pattern, name);
                }
                yield Set.of();
            }
            case "getMappings" -> mappings(name);
            case "setAsyncSupported", "setLoadOnStartup" -> null;
            default -> throw Partial.missing(method);
        });
    }

    private Collection<String> mappings(String name) {
        return patterns.keySet().stream()
                .filter(pattern -> name.equals(patterns.get(pattern)))
                .toList();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            String pattern = patterns.keySet().stream()
                    .filter(candidate -> matches(candidate, path))
                    .findAny()
                    .orElse(null);
            answer(exchange, pattern).send(exchange);
        }
    }

    private ServletResponseBuffer answer(HttpExchange exchange, @Nullable String pattern) throws IOException {
        ServletResponseBuffer response = new ServletResponseBuffer();
        Servlet servlet = pattern == null ? null : servlets.get(patterns.get(pattern));
        if (pattern == null || servlet == null) {
            return response.withStatus(404);
        }
        try {
            servlet.service(ServletRequestView.of(exchange, pattern), response.view());
            return response;
        } catch (ServletException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a servlet failed and the request was answered with 500", e);
            return new ServletResponseBuffer().withStatus(500);
        }
    }

    private static boolean matches(String pattern, String path) {
        return pattern.endsWith("/*")
                ? (path + "/").startsWith(pattern.substring(0, pattern.length() - 1))
                : path.equals(pattern);
    }

    /** Ends all connections at once. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
        servlets.values().forEach(Servlet::destroy);
    }
}
