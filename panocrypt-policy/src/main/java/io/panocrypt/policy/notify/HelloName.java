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
 * By which name this machine greets a mail server: its fully qualified host name or, where it has none, the address that it
 * sends from, as a literal (RFC 5321 section 4.1.3). Thread-safe.
 */
final class HelloName {
    private static final Pattern LITERAL =
            Pattern.compile("\\[(?:\\d{1,3}(?:\\.\\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})]");

    /** What a machine calls itself before it has a name. */
    private static final Pattern NO_NAME = Pattern.compile("(?:.*\\.)?(?:localhost|localdomain|[0-9.]+)");

    private final Callable<String> canonicalName;
    private final BoundedCall lookup;
    private volatile @Nullable String known;

    /** By the runtime's resolver, which has 2 s. */
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

    /** The name to greet that server by; may block for the lookup's limit, and looks again the next time if there is none. */
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

    /** Connecting a datagram socket sends nothing, and finds out by which address the server is reached. */
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
