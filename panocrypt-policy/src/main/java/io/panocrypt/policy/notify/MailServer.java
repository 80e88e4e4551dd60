package io.panocrypt.policy.notify;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mail server that accepts notices, and how to log in to it.
 *
 * <p>Immutable and thread-safe; {@code toString} shows no password.
 */
public final class MailServer {
    /** The protection of the connection. */
    public enum Security {
        /** TLS from the first byte; port 465 (RFC 8314). */
        TLS,
        /** TLS after STARTTLS; without it nothing is sent; port 587. */
        STARTTLS,
        /** None: for a server on the same machine or network. No login is sent. */
        UNENCRYPTED
    }

    private final String host;
    private final int port;
    private final Security security;
    private final MailAddress from;
    private final @Nullable String user;
    private final char @Nullable [] password;
    private final @Nullable String hello;

    private MailServer(
            String host,
            int port,
            Security security,
            MailAddress from,
            @Nullable String user,
            char @Nullable [] password,
            @Nullable String hello) {
        this.host = host;
        this.port = port;
        this.security = security;
        this.from = from;
        this.user = user;
        this.password = password;
        this.hello = hello;
    }

    /**
     * A server that needs no login.
     *
     * @param host a name or an address literal
     * @param port 1 to 65535
     * @param from the sender's address, {@code local@domain} in ASCII
     * @throws IllegalArgumentException if the port or the address is anything else
     */
    public static MailServer of(String host, int port, Security security, String from) {
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a mail server has a host and a port");
        }
        return new MailServer(host, port, security, MailAddress.parse(from), null, null, null);
    }

    /**
     * The same server with a login.
     *
     * @param password copied
     * @throws IllegalStateException if the connection is unencrypted
     */
    public MailServer withLogin(String user, char[] password) {
        if (security == Security.UNENCRYPTED) {
            throw new IllegalStateException("no login is sent over an unencrypted connection");
        }
        return new MailServer(host, port, security, from, user, password.clone(), hello);
    }

    /**
     * The same server, greeted by that name. The default is this machine's fully qualified host name or, if it has
     * none, the address that it sends from.
     *
     * @param name a domain such as {@code panocrypt.example.org}, or an address literal such as {@code [192.0.2.1]} or
     *     {@code [IPv6:2001:db8::1]}
     * @throws IllegalArgumentException if it is neither
     */
    public MailServer withHello(String name) {
        if (!HelloName.isValid(name)) {
            throw new IllegalArgumentException("a mail server is greeted by a domain or an address in brackets");
        }
        return new MailServer(host, port, security, from, user, password, name);
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    Security security() {
        return security;
    }

    MailAddress from() {
        return from;
    }

    Optional<String> hello() {
        return Optional.ofNullable(hello);
    }

    Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** A new string, which the mail library requires; null without a login. */
    @Nullable String password() {
        return password == null ? null : new String(password);
    }

    @Override
    public String toString() {
        return "MailServer[" + host + ":" + port + ", " + security + ", from " + from + "]";
    }
}
