package io.panocrypt.standalone.common;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * An address to listen on.
 *
 * @param host an address or a name, IPv6 without brackets
 * @param port 0 for a free one
 */
public record HostAndPort(String host, int port) {
    /** Parses {@code host:port} or {@code [ipv6]:port}. */
    public static HostAndPort parse(String text) {
        try {
            URI uri = new URI("http://" + text);
            String host = uri.getHost();
            if (host != null
                    && uri.getPort() >= 0
                    && uri.getPort() <= 65535
                    && uri.getPath().isEmpty()) {
                return new HostAndPort(
                        host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be HOST:PORT", e);
        }
        throw new IllegalArgumentException("must be HOST:PORT");
    }

    /** Whether this means all addresses of the machine; clients then need another address. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** An address by which this machine can reach it. */
    public HostAndPort callable() {
        return isWildcard() ? new HostAndPort(host.equals("::") ? "::1" : "127.0.0.1", port) : this;
    }

    /** The form for a URL, with the actual port. */
    public String inUrl(int actualPort) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + actualPort;
    }
}
