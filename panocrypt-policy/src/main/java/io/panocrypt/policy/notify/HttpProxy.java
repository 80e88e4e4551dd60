package io.panocrypt.policy.notify;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An HTTP proxy that connects to a host on request (RFC 9110 section 9.3.6).
 *
 * @param address may be unresolved
 */
record HttpProxy(InetSocketAddress address) {
    /** Ends with a letter's label: a proxy could take anything else for a number of an address, such as 0x7f.1. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9.-]*\\.[a-z][a-z0-9-]*");

    /** Opens a connection. */
    interface Connector {
        Socket connect(InetSocketAddress address) throws IOException;
    }

    /** Whether the proxy may be asked for a host that is unknown here. */
    static boolean mayKnow(String host) {
        return NAME.matcher(host).matches();
    }

    /** A connection to the target, by the target's name; the caller closes it. */
    Socket tunnel(HttpTarget target, Connector connector) throws IOException {
        Socket socket = connector.connect(
                address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address);
        boolean open = false;
        try {
            String host =
                    (target.host().indexOf(':') < 0 ? target.host() : "[" + target.host() + "]") + ":" + target.port();
            String request = "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: panocrypt\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            // Unbuffered: what follows the head belongs to the target.
            int status = HttpAnswer.read(socket.getInputStream()).status();
            if (status >= 300) {
                throw new ProxyRefusedException(status);
            }
            open = true;
            return socket;
        } finally {
            if (!open) {
                socket.close();
            }
        }
    }
}
