package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.servlet.internal.http.BodyReader;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * All servlets of a service, with their paths and with asynchronous requests switched on.
 *
 * <p>{@code PanocryptServlets.of(panocrypt).register(servletContext)} is all that a host needs, at any context path, in a
 * {@code ServletContextListener} or wherever else it has a context that has not started. Not thread-safe.
 */
public final class PanocryptServlets {
    private static final Pattern PREFIX = Pattern.compile("(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*");

    private final Panocrypt panocrypt;
    private SourceAddress sources = SourceAddress.ofPeer();
    private String prefix = "";
    private Set<Part> parts = EnumSet.allOf(Part.class);
    private Optional<Supplier<String>> metrics = Optional.empty();
    private Optional<String> rootDevice = Optional.empty();
    private boolean isForOperatorsOnly;
    private Duration bodyTimeout = BodyReader.TIMEOUT;

    private OperatorDirectory operators;

    private PanocryptServlets(Panocrypt panocrypt) {
        this.panocrypt = panocrypt;
        this.operators = OperatorDirectory.ofTokens(panocrypt);
    }

    /** What can be served. */
    public enum Part {
        /** {@link TangServlet} at {@code /u/*}, for devices. */
        DEVICES,
        /** {@link EnrollServlet} at {@code /enroll}, for machines that enrol themselves. */
        ENROLLMENT,
        /** {@link ApiServlet} at {@code /api/v1/*}, for operators. */
        API,
        /** {@link HealthServlet} at {@code /healthz} and {@code /readyz}, for supervisors. */
        HEALTH
    }

    /** All parts of a service, at the root of the context, for direct callers. */
    public static PanocryptServlets of(Panocrypt panocrypt) {
        return new PanocryptServlets(panocrypt);
    }

    /**
     * Where requests come from; default {@link SourceAddress#ofPeer}. Forwarding headers of strangers are reported to the
     * service.
     */
    public PanocryptServlets sources(SourceAddress addresses) {
        this.sources = addresses;
        return this;
    }

    /** Who operators are; default {@link OperatorDirectory#ofTokens}. */
    public PanocryptServlets operators(OperatorDirectory directory) {
        this.operators = directory;
        return this;
    }

    /**
     * A path before all others, such as {@code /unlock}, for a second service in one context or to stay clear of the host's
     * own paths; default none. Devices then need a public URL that ends in it.
     *
     * @throws IllegalArgumentException unless it is empty or begins with a slash, ends with none and needs no escapes
     */
    public PanocryptServlets prefix(String path) {
        if (!PREFIX.matcher(path).matches()) {
            throw new IllegalArgumentException("the prefix must be empty or like /unlock, but is: " + path);
        }
        this.prefix = path;
        return this;
    }

    /** Serves only these parts; default all. */
    public PanocryptServlets only(Part first, Part... more) {
        this.parts = EnumSet.of(first, more);
        return this;
    }

    /**
     * Serves also the device with this name at the root, {@code /adv} and {@code /rec/KID}, where disks ask that are bound to a
     * Tang server; see {@link TangEndpoint#ofDevice}. It takes every path that nothing else is mapped to, in place of the
     * context's default servlet. Only with the devices' part; default none.
     */
    public PanocryptServlets rootDevice(String name) {
        this.rootDevice = Optional.of(name);
        return this;
    }

    /** Serves also what this returns, in the text format of Prometheus, at {@code /metrics}; default nothing. */
    public PanocryptServlets metrics(Supplier<String> scrape) {
        this.metrics = Optional.of(scrape);
        return this;
    }

    /**
     * Says that nobody but operators can reach this context: {@code /readyz} gives its reason, and {@code /metrics} needs no
     * member's token.
     */
    public PanocryptServlets forOperatorsOnly() {
        this.isForOperatorsOnly = true;
        return this;
    }

    /**
     * How long a request may take to send its whole body, after which it gets 408; default 10 seconds.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public PanocryptServlets bodyTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeout for bodies must be positive, but is " + timeout);
        }
        this.bodyTimeout = timeout;
        return this;
    }

    /**
     * Registers the servlets.
     *
     * @throws IllegalStateException if the context has started, or has a servlet at one of these paths
     */
    public void register(ServletContext context) {
        servlets().forEach((path, servlet) -> register(context, prefix + path, servlet));
    }

    private static void register(ServletContext context, String pattern, Servlet servlet) {
        ServletRegistration.Dynamic added = context.addServlet("panocrypt " + pattern, servlet);
        if (added == null || !added.addMapping(pattern).isEmpty()) {
            throw new IllegalStateException("the context has a servlet at " + pattern
                    + " already: leave that part out, or give this service a prefix of its own");
        }
        added.setAsyncSupported(true);
        // What is wrong with a mount is logged at the start, not at the first request.
        added.setLoadOnStartup(1);
    }

    private Map<String, Servlet> servlets() {
        SourceAddress addresses = sources.reportingTo(panocrypt::reportForwardingHeader);
        Map<String, Servlet> servlets = new LinkedHashMap<>();
        if (parts.contains(Part.DEVICES)) {
            servlets.put("/u/*", new TangServlet(TangEndpoint.of(panocrypt), addresses, bodyTimeout));
            // The default servlet of the context, or what is closest to it below a prefix.
            rootDevice.ifPresent(name -> servlets.put(
                    prefix.isEmpty() ? "/" : "/*",
                    new TangServlet(TangEndpoint.ofDevice(panocrypt, name), addresses, bodyTimeout)));
        }
        if (parts.contains(Part.ENROLLMENT)) {
            servlets.put("/enroll", new EnrollServlet(panocrypt, addresses, bodyTimeout));
        }
        if (parts.contains(Part.API)) {
            servlets.put("/api/v1/*", new ApiServlet(panocrypt, operators, bodyTimeout));
        }
        if (parts.contains(Part.HEALTH)) {
            servlets.put("/healthz", HealthServlet.alive());
            servlets.put(
                    "/readyz",
                    isForOperatorsOnly ? HealthServlet.readyWithReason(panocrypt) : HealthServlet.ready(panocrypt));
        }
        metrics.ifPresent(scrape -> servlets.put(
                "/metrics",
                isForOperatorsOnly ? MetricsServlet.open(scrape) : MetricsServlet.forMembers(scrape, panocrypt)));
        return servlets;
    }
}
