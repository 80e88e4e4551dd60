package io.panocrypt.servlet;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.servlet.internal.http.ForwardedHops;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Finds the address that a request comes from: the socket's peer, or what a trusted proxy reports.
 *
 * <p>Only the one configured header counts, and only from a configured proxy. Of that header, only the right-most hop
 * that is no proxy counts. A header that is missing, doubled or malformed makes the source unknown. Thread-safe.
 */
public final class SourceAddress {
    private static final System.Logger LOG = System.getLogger(SourceAddress.class.getName());

    /** The headers in which a proxy may report the client's address. */
    public enum Header {
        /** RFC 7239. */
        FORWARDED("Forwarded"),
        /** The de-facto header, a comma-separated list of addresses. */
        X_FORWARDED_FOR("X-Forwarded-For");

        private final String headerName;

        Header(String headerName) {
            this.headerName = headerName;
        }
    }

    /** Other signs of a proxy; never trusted, and too common on outgoing proxies to justify a warning. */
    private static final List<String> OTHER_TRACES = List.of("Via", "X-Real-IP");

    private final List<Cidr> proxies;
    private final Header header;
    private final Consumer<IpAddress> listener;
    private final AtomicBoolean warned = new AtomicBoolean();

    private SourceAddress(Collection<Cidr> proxies, Header header, Consumer<IpAddress> listener) {
        this.proxies = List.copyOf(proxies);
        this.header = header;
        this.listener = listener;
    }

    /** Uses the socket's peer, whatever headers say. */
    public static SourceAddress ofPeer() {
        return new SourceAddress(List.of(), Header.FORWARDED, peer -> {});
    }

    /** Uses what proxies in those blocks report in that header; for any other peer, the peer. */
    public static SourceAddress behind(Collection<Cidr> proxies, Header header) {
        return new SourceAddress(proxies, header, peer -> {});
    }

    /**
     * The same rules, with a listener such as {@link io.panocrypt.policy.Panocrypt#reportForwardingHeader}. It is called
     * for each peer that sends a forwarding header but is no configured proxy.
     *
     * @param listener called on the request's thread, for each such request; must be quick and must not throw
     */
    public SourceAddress reportingTo(Consumer<IpAddress> listener) {
        return new SourceAddress(proxies, header, listener);
    }

    /**
     * The address that the request comes from; empty when it is unknown, and no source policy allows an unknown source.
     */
    public Optional<IpAddress> of(HttpServletRequest request) {
        Optional<IpAddress> peer = peer(request);
        if (peer.isEmpty() || !isProxy(peer.get())) {
            peer.ifPresent(stranger -> warnOfForwarding(request, stranger));
            return peer;
        }
        List<String> values = Collections.list(request.getHeaders(header.headerName));
        if (values.size() != 1) {
            return Optional.empty();
        }
        return hops(values.get(0)).flatMap(this::rightMostStranger);
    }

    /**
     * Whether the request carries a header that proxies write although its peer is no configured proxy. The peer may
     * then be a proxy that is not configured, and its address not the client's.
     */
    public boolean isInDoubt(HttpServletRequest request) {
        return peer(request).filter(peer -> !isProxy(peer)).isPresent()
                && (forwarding(request).isPresent()
                        || OTHER_TRACES.stream().anyMatch(name -> request.getHeader(name) != null));
    }

    /** The socket's peer; empty on a Unix socket, whose peers have no address. */
    private static Optional<IpAddress> peer(HttpServletRequest request) {
        String remote = request.getRemoteAddr();
        try {
            return Optional.of(IpAddress.parse(remote == null ? "" : withoutBrackets(remote)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> forwarding(HttpServletRequest request) {
        return Arrays.stream(Header.values())
                .map(known -> known.headerName)
                .filter(name -> request.getHeader(name) != null)
                .findFirst();
    }

    private void warnOfForwarding(HttpServletRequest request, IpAddress peer) {
        Optional<String> name = forwarding(request);
        if (name.isPresent()) {
            if (!warned.getAndSet(true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "ignored {0} from {1}, which is no trusted proxy; if it is your proxy, configure it as trusted"
                                + " (logged once)",
                        name.get(),
                        peer);
            }
            listener.accept(peer);
        }
    }

    private Optional<List<Optional<IpAddress>>> hops(String value) {
        return header == Header.FORWARDED ? ForwardedHops.parseForwarded(value) : ForwardedHops.parseList(value);
    }

    private Optional<IpAddress> rightMostStranger(List<Optional<IpAddress>> hops) {
        for (int i = hops.size() - 1; i >= 0; i--) {
            Optional<IpAddress> hop = hops.get(i);
            if (hop.isEmpty() || !isProxy(hop.get())) {
                return hop;
            }
        }
        return Optional.empty();
    }

    private boolean isProxy(IpAddress address) {
        return proxies.stream().anyMatch(block -> block.contains(address));
    }

    /** Jetty writes an IPv6 peer in brackets. */
    private static String withoutBrackets(String address) {
        String bare =
                address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
        int zone = bare.indexOf('%');
        return zone < 0 ? bare : bare.substring(0, zone);
    }
}
