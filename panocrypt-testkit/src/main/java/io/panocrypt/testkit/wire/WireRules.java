package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.testkit.support.RuleNames;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.ExtendWith;

/** Shared by all groups of rules: requests to the server under test, relative to its base URL. */
@ExtendWith(RuleNames.class)
abstract class WireRules {

    /** A well-formed SHA-256 thumbprint that belongs to no key. */
    static final String UNKNOWN_THUMBPRINT = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    final TangServerContract server;

    WireRules(TangServerContract server) {
        this.server = server;
    }

    final RawHttp.Request request(String method, String suffix) {
        return request(server.baseUrl(), method, suffix);
    }

    static RawHttp.Request request(URI base, String method, String suffix) {
        return RawHttp.Request.of(method, path(base) + suffix, base);
    }

    static String path(URI base) {
        return base.getRawPath().replaceAll("/+$", "");
    }

    final RawHttp.Reply send(RawHttp.Request request) throws IOException {
        return RawHttp.once(server.baseUrl(), request);
    }

    final RawHttp.Reply get(String suffix) throws IOException {
        return send(request("GET", suffix));
    }

    final RawHttp.Request recovery(String kid, byte[] body) {
        return request("POST", "/rec/" + kid)
                .with("Content-Type: application/jwk+json")
                .with(body);
    }

    final RawHttp.Reply post(String kid, byte[] body) throws IOException {
        return send(recovery(kid, body));
    }

    final Advertisement advertisement() throws IOException {
        return Advertisement.parse(get("/adv"));
    }

    final RecoveryProbe probe() throws IOException {
        return RecoveryProbe.against(advertisement());
    }

    static void assertStatus(int expected, RawHttp.Reply reply, RawHttp.Request sent) {
        assertEquals(expected, reply.status(), () -> "sent " + shown(sent) + "\ngot " + reply);
    }

    /** Sends a request that must end in 4xx, and checks that it spent nothing. */
    final RawHttp.Reply assertRefused(int expected, RawHttp.Request sent) throws IOException {
        RawHttp.Reply reply = send(sent);
        assertStatus(expected, reply, sent);
        server.assertNothingSpent();
        return reply;
    }

    static void claimed(boolean capability, String otherwise) {
        assumeTrue(capability, "not claimed by this server: " + otherwise);
    }

    private static String shown(RawHttp.Request sent) {
        String text = new String(sent.bytes(), StandardCharsets.UTF_8);
        return text.length() > 2000 ? text.substring(0, 2000) + "... (" + text.length() + " characters)" : text;
    }
}
