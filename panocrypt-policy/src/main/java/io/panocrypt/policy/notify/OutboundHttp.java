package io.panocrypt.policy.notify;

import io.panocrypt.policy.net.IpAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends all notices that go over HTTP: it posts to an address that was checked, and does nothing else.
 *
 * <p>A host is resolved once, and the connection goes to one of the resulting addresses that {@link TargetPolicy}
 * allows. A name that resolves differently the next time therefore gains nothing. TLS still names and verifies the
 * host. It follows no redirect, keeps no cookie and no connection, reads no body, and ends at its
 * timeout whatever the receiver does. Plain HTTP is used only for addresses that were allowed explicitly.
 *
 * <p>{@link #through} sends what leaves the own network through a proxy.
 *
 * <p>A {@code java.net.http.HttpClient} cannot do this, because it resolves the name again after any check.
 *
 * <p>Thread-safe.
 */
public final class OutboundHttp {
    /** Default timeout of one delivery: 10 s. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

    /** Maximum number of addresses to try: a silent one must leave time for the next. */
    private static final int ADDRESSES = 3;

    private final TargetPolicy policy;
    private final Duration limit;
    private final HostResolver resolver;
    private final SSLSocketFactory tls;
    private final BoundedCall calls;
    private final @Nullable HttpProxy proxy;

    /** Uses {@link #DEFAULT_LIMIT}, the runtime's resolver and its trusted certificates. */
    public OutboundHttp(TargetPolicy policy) {
        this(policy, DEFAULT_LIMIT, HostResolver.system(), (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /**
     * Creates a client with all settings.
     *
     * @param limit of a whole delivery, name lookup and handshake included
     * @param tls verifies the receivers' certificates
     * @throws IllegalArgumentException if the limit is not positive
     */
    public OutboundHttp(TargetPolicy policy, Duration limit, HostResolver resolver, SSLSocketFactory tls) {
        this(policy, limit, resolver, tls, null);
    }

    private OutboundHttp(
            TargetPolicy policy,
            Duration limit,
            HostResolver resolver,
            SSLSocketFactory tls,
            @Nullable HttpProxy proxy) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("the limit is not positive");
        }
        this.policy = policy;
        this.limit = limit;
        this.resolver = resolver;
        this.tls = tls;
        this.calls = new BoundedCall(limit);
        this.proxy = proxy;
    }

    /**
     * The same client behind an HTTP proxy, which it asks to connect to the hosts of {@code https} targets ({@code
     * CONNECT}). Addresses that the policy allows explicitly are reached directly, and so is all plain HTTP, which goes to
     * no other.
     *
     * <p>The proxy resolves the host's name itself. A name that resolves here is checked as without a proxy, but one that
     * only the proxy knows is not: the proxy must refuse addresses of your own network.
     *
     * @param proxy takes requests without a login; may be unresolved, it is then resolved at each delivery
     */
    public OutboundHttp through(InetSocketAddress proxy) {
        return new OutboundHttp(policy, limit, resolver, tls, new HttpProxy(proxy));
    }

    /**
     * Sends a request and returns its answer.
     *
     * @throws ExecutionException with the {@link IOException} that ended it; a {@link TargetRefusedException} means
     *     that nothing was sent
     */
    HttpAnswer post(HttpPost post) throws InterruptedException, TimeoutException, ExecutionException {
        return calls.run(post.target().host(), () -> exchange(post));
    }

    /** Why nothing can ever be sent to the target; empty if something can. */
    Optional<String> problem(HttpTarget target) {
        return policy.problem(target.secure(), target.host());
    }

    private HttpAnswer exchange(HttpPost post) throws IOException {
        try (Socket plain = connect(post.target())) {
            Socket socket = post.target().secure() ? secured(plain, post.target()) : plain;
            socket.getOutputStream().write(post.toBytes());
            socket.getOutputStream().flush();
            return HttpAnswer.read(new BufferedInputStream(socket.getInputStream()));
        }
    }

    private Socket connect(HttpTarget target) throws IOException {
        HttpProxy via = target.secure() ? proxy : null;
        List<InetAddress> found;
        try {
            found = resolver.resolve(target.host());
        } catch (UnknownHostException e) {
            if (via == null || !HttpProxy.mayKnow(target.host())) {
                throw e;
            }
            return via.tunnel(target, this::connect);
        }
        List<InetAddress> allowed = matching(found, policy::allows);
        if (!allowed.isEmpty() && (via != null || !target.secure())) {
            return connect(allowed, target.port());
        }
        List<InetAddress> admitted = target.secure() ? matching(found, policy::admits) : List.of();
        if (admitted.isEmpty()) {
            throw new TargetRefusedException(
                    target.secure()
                            ? "the host has no address that notices may be sent to"
                            : "plain HTTP is used only for addresses that were allowed explicitly");
        }
        return via == null ? connect(admitted, target.port()) : via.tunnel(target, this::connect);
    }

    private static List<InetAddress> matching(List<InetAddress> found, Predicate<IpAddress> condition) {
        return found.stream()
                .filter(address -> condition.test(IpAddress.of(address)))
                .toList();
    }

    private Socket connect(List<InetAddress> addresses, int port) throws IOException {
        IOException failed = new ConnectException("no address");
        for (InetAddress address : addresses.subList(0, Math.min(ADDRESSES, addresses.size()))) {
            try {
                return connect(new InetSocketAddress(address, port));
            } catch (IOException e) {
                failed = e;
            }
        }
        throw failed;
    }

    /** Uses a channel's socket, because only that is closed at once when its thread is interrupted. */
    private Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = SocketChannel.open().socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, (int) Math.min(Integer.MAX_VALUE, limit.toMillis() / ADDRESSES + 1));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket secured(Socket plain, HttpTarget target) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, target.host(), target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** The timeout of one delivery. */
    Duration limit() {
        return limit;
    }
}
