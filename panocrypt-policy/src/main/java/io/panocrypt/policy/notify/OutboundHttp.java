package io.panocrypt.policy.notify;

import io.panocrypt.policy.net.IpAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends all notices that go over HTTP: it posts to an address that was checked, and does nothing else.
 *
 * <p>A host is resolved once, and the connection goes to one of the resulting addresses that {@link TargetPolicy}
 * allows. A name that resolves differently the next time therefore gains nothing. TLS still names and verifies the
 * host. It follows no redirect, uses no proxy, keeps no cookie and no connection, reads no body, and ends at its
 * timeout whatever the receiver does. Plain HTTP is used only for addresses that were allowed explicitly.
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
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("the limit is not positive");
        }
        this.policy = policy;
        this.limit = limit;
        this.resolver = resolver;
        this.tls = tls;
        this.calls = new BoundedCall(limit);
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
        List<InetAddress> admitted = new ArrayList<>();
        for (InetAddress address : resolver.resolve(target.host())) {
            IpAddress ip = IpAddress.of(address);
            if (target.secure() ? policy.admits(ip) : policy.allows(ip)) {
                admitted.add(address);
            }
        }
        if (admitted.isEmpty()) {
            throw new TargetRefusedException(
                    target.secure()
                            ? "the host has no address that notices may be sent to"
                            : "plain HTTP is used only for addresses that were allowed explicitly");
        }
        IOException failed = new ConnectException("no address");
        for (InetAddress address : admitted.subList(0, Math.min(ADDRESSES, admitted.size()))) {
            try {
                return connect(new InetSocketAddress(address, target.port()));
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
