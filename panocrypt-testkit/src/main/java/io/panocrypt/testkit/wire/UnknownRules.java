package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** W50 to W51: an outsider cannot find out which part of an address was wrong. */
abstract class UnknownRules extends WireRules {

    UnknownRules(TangServerContract server) {
        super(server);
    }

    @DisplayName("W50 answers one and the same 404 to an unknown token, kid or thumbprint")
    @Test
    void answersOneAndTheSame() throws IOException {
        RecoveryProbe probe = probe();
        byte[] body = RecoveryProbe.utf8(probe.text());
        RawHttp.Reply unknownKid = assertRefused(404, recovery(UNKNOWN_THUMBPRINT, body));
        assertEquals(unknownKid, assertRefused(404, recovery("x", body)));
        assertEquals(unknownKid, assertRefused(404, request("GET", "/adv/" + UNKNOWN_THUMBPRINT)));
        if (server.unknownBaseUrl().isPresent()) {
            URI base = server.unknownBaseUrl().get();
            List<RawHttp.Request> all = List.of(
                    request(base, "GET", "/adv"),
                    request(base, "GET", "//adv//"),
                    request(base, "GET", "/adv/" + probe.signingKid()),
                    request(base, "GET", "/adv/" + UNKNOWN_THUMBPRINT),
                    request(base, "POST", "/rec/" + probe.kid()).with(body),
                    request(base, "POST", "/rec/" + probe.signingKid()).with(body),
                    request(base, "POST", "/rec/" + UNKNOWN_THUMBPRINT).with(body));
            for (RawHttp.Request request : all) {
                assertEquals(unknownKid, RawHttp.once(base, request), () -> request.method() + " " + request.target());
                server.assertNothingSpent();
            }
        }
    }

    @DisplayName("W51 judges a body the same way whether the token is known or not")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{ | 400", "{\"key_ops\":[]} | 403", "{\"kty\":\"RSA\"} | 400"})
    void judgesBodyWhateverTheToken(String body, int status) throws IOException {
        claimed(server.unknownBaseUrl().isPresent(), "a base that no device has");
        URI base = server.unknownBaseUrl().orElseThrow();
        RawHttp.Request unknown = request(base, "POST", "/rec/" + UNKNOWN_THUMBPRINT)
                .with("Content-Type: application/jwk+json")
                .with(RecoveryProbe.utf8(body));
        RawHttp.Reply known = assertRefused(status, recovery(UNKNOWN_THUMBPRINT, RecoveryProbe.utf8(body)));
        assertEquals(known, RawHttp.once(base, unknown));
        server.assertNothingSpent();
    }
}
