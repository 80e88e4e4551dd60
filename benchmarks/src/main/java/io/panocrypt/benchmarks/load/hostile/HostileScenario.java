package io.panocrypt.benchmarks.load.hostile;

import java.nio.charset.StandardCharsets;

/** An attack without a token, and the server it targets. */
enum HostileScenario {
    UNREAD("unread answers, 220 connections", false, 220, "127.0.0.2", 1, 0),
    UNREAD_SHARED("the same from the honest address", false, 220, "127.0.0.1", 1, 0),
    UNREAD_ADMIN("unread answers on `--admin-listen`, 40 connections", true, 40, "127.0.0.2", 1, 0),
    BODIES("endless bodies of 100 KiB, 3,000 connections of one address", false, 3_000, "127.0.0.2", 1, 25),
    BODIES_SPREAD("endless bodies of 60 KiB, 3,000 connections of 4 addresses", false, 3_000, "127.0.0.2", 4, 15),
    BODIES_SHARED("the same from the honest address", false, 3_000, "127.0.0.1", 1, 15);

    /** Produces about 10 MB of answers, more than the kernel buffers for a reader that has stopped. */
    private static final String LONG_ANSWERS = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(64);

    private static final String BODY_HEAD =
            "POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/rec/x HTTP/1.1\r\nHost: x\r\n" + "Transfer-Encoding: chunked\r\n\r\n";
    private static final int CHUNK = 4_096;

    private final String title;
    private final boolean isAdmin;
    private final int connections;
    private final String from;
    private final int addresses;
    private final int chunks;

    HostileScenario(String title, boolean isAdmin, int connections, String from, int addresses, int chunks) {
        this.title = title;
        this.isAdmin = isAdmin;
        this.connections = connections;
        this.from = from;
        this.addresses = addresses;
        this.chunks = chunks;
    }

    String title() {
        return title;
    }

    /** Whether the attack targets a separate address for operators. */
    boolean isAdmin() {
        return isAdmin;
    }

    int connections() {
        return connections;
    }

    /** The local address of connection {@code connection}. */
    String from(int connection) {
        int dot = from.lastIndexOf('.') + 1;
        return from.substring(0, dot) + (Integer.parseInt(from.substring(dot)) + connection % addresses);
    }

    private boolean isBodies() {
        return chunks > 0;
    }

    /** The bytes that each connection sends first. */
    byte[] beginning() {
        String chunk = Integer.toHexString(CHUNK) + "\r\n" + " ".repeat(CHUNK) + "\r\n";
        return (isBodies() ? BODY_HEAD + chunk.repeat(chunks) : LONG_ANSWERS).getBytes(StandardCharsets.US_ASCII);
    }

    /** The bytes that it sends each second afterwards. */
    byte[] drip() {
        return (isBodies() ? "1\r\n \r\n" : "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
