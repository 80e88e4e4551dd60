package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W9 to W13: the maximum length of a target and a body. */
abstract class LimitRules extends WireRules {

    /** The longest body of the wire table, in bytes. */
    private static final int MAX_BODY = 65_535;

    LimitRules(TangServerContract server) {
        super(server);
    }

    @DisplayName("W9 answers 414 to a target over the claimed length, and not to one of that length")
    @Test
    void answersUriTooLong() throws IOException {
        claimed(server.longestTarget().isPresent(), "a limit for targets of its own");
        int longest = server.longestTarget().orElseThrow();
        assertRefused(404, withTargetOf(longest));
        assertRefused(414, withTargetOf(longest + 1));
    }

    private RawHttp.Request withTargetOf(int length) {
        String head = "/adv/";
        return request("GET", head + "A".repeat(length - path(server.baseUrl()).length() - head.length()));
    }

    @DisplayName("W10 answers a body of 65,535 bytes")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersLongestBody(boolean chunked) throws IOException {
        RecoveryProbe probe = probe();
        RawHttp.Request request = recovery(probe.kid(), padded(probe, MAX_BODY));
        RawHttp.Request framed = chunked ? request.inChunks() : request;
        assertStatus(200, send(framed), framed);
    }

    @DisplayName("W11 answers 413 to a longer body")
    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY + 1, MAX_BODY + 2, 100_000})
    void answersContentTooLarge(int length) throws IOException {
        claimed(server.limitsBody(), "413");
        RecoveryProbe probe = probe();
        assertRefused(413, recovery(probe.kid(), padded(probe, length)));
    }

    @DisplayName("W12 answers 413 to a longer body in chunks")
    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY + 1, 100_000})
    void answersContentTooLargeInChunks(int length) throws IOException {
        claimed(server.limitsBody(), "413");
        RecoveryProbe probe = probe();
        assertRefused(413, recovery(probe.kid(), padded(probe, length)).inChunks());
    }

    @DisplayName("W13 answers 413 before it looks at JSON, kid or token")
    @Test
    void answersContentTooLargeFirst() throws IOException {
        claimed(server.limitsBody(), "413");
        byte[] garbage = "x".repeat(MAX_BODY + 1).getBytes(StandardCharsets.US_ASCII);
        RawHttp.Reply known = assertRefused(413, recovery(UNKNOWN_THUMBPRINT, garbage));
        if (server.unknownBaseUrl().isPresent()) {
            URI unknown = server.unknownBaseUrl().get();
            RawHttp.Request request = request(unknown, "POST", "/rec/" + UNKNOWN_THUMBPRINT)
                    .with("Content-Type: application/jwk+json")
                    .with(garbage);
            assertEquals(known, RawHttp.once(unknown, request));
        }
        assertTrue(known.body().length < MAX_BODY, "echoes the body");
    }

    // Spaces after the value are valid JSON (RFC 8259, section 2), so only the length is unusual.
    private static byte[] padded(RecoveryProbe probe, int length) {
        byte[] json = RecoveryProbe.utf8(probe.text());
        byte[] body = Arrays.copyOf(json, length);
        Arrays.fill(body, json.length, length, (byte) ' ');
        return body;
    }
}
