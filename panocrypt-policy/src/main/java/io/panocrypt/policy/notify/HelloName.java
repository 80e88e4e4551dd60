package io.panocrypt.policy.notify;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name by which this machine greets a mail server: its fully qualified host name or, if it has none, the literal of
 * the address that it sends from (RFC 5321 section 4.1.3). Thread-safe.
 */
final class HelloName {
    private static final Pattern LITERAL =
            Pattern.compile("\\[(?:\\d{1,3}(?:\\.\\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})]");

    /** Names of a machine that was not given a name. */
    private static final Pattern NO_NAME = Pattern.compile("(?:.*\\.)?(?:localhost|localdomain|[0-9.]+)");

    private final Callable<String> canonicalName;
    private final BoundedCall lookup;
    private volatile @Nullable String known;

    /** Uses the runtime's resolver, with a timeout of 2 s. */
    HelloName() {
        this(() -> InetAddress.getLocalHost().getCanonicalHostName(), Duration.ofSeconds(2));
    }

    HelloName(Callable<String> canonicalName, Duration limit) {
        this.canonicalName = canonicalName;
        this.lookup = new BoundedCall(limit);
    }

    /** A domain, or an IPv4 or IPv6 address in brackets. */
    static boolean isValid(String name) {
        return MailAddress.isDomain(name) || LITERAL.matcher(name).matches();
    }

    /**
     * The name for greeting that server; may block until the lookup's timeout. The next call looks again if no name was
     * found.
     */
    String towards(String host, int port) throws InterruptedException {
        String name = known;
        if (name == null) {
            name = lookUp();
            known = name;
        }
        return name == null ? literal(host, port) : name;
    }

    private @Nullable String lookUp() throws InterruptedException {
        try {
            String name = lookup.run("", canonicalName).toLowerCase(Locale.ROOT);
            boolean qualified = name.indexOf('.') > 0 && MailAddress.isDomain(name);
            return qualified && !NO_NAME.matcher(name).matches() ? name : null;
        } catch (TimeoutException | ExecutionException noNameInTime) {
            return null;
        }
    }

    /** Connects a datagram socket, which sends nothing but shows the local address that reaches the server. */
    private static String literal(String host, int port) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(InetAddress.getByName(host), port));
            return literal(probe.getLocalAddress());
        } catch (IOException | RuntimeException unreachable) {
            return literal(InetAddress.getLoopbackAddress());
        }
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        return address instanceof Inet6Address ? "[IPv6:" + bare + "]" : "[" + bare + "]";
    }
}
