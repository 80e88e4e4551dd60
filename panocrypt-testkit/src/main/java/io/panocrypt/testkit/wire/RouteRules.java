package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W1 to W8: known targets and methods, and the answers to others. */
abstract class RouteRules extends WireRules {

    RouteRules(TangServerContract server) {
        super(server);
    }

    @DisplayName("W1 answers the advertisement with any number of slashes around adv")
    @ParameterizedTest
    @ValueSource(strings = {"/adv", "/adv/", "//adv", "//adv/", "//adv//", "////adv////"})
    void answersAdvertisementWithAnyNumberOfSlashes(String target) throws IOException {
        assertEquals(200, get(target).status());
    }

    @DisplayName("W2 answers thumbprints and kids with any number of slashes before them")
    @ParameterizedTest
    @CsvSource({"/adv/, /rec/", "//adv/, //rec/", "/adv//, /rec//", "///adv///, ///rec///"})
    void answersThumbprintAndKidWithAnyNumberOfSlashes(String adv, String rec) throws IOException {
        RecoveryProbe probe = probe();
        assertEquals(200, get(adv + probe.signingKid()).status());
        RawHttp.Request request = request("POST", rec + probe.kid()).with(RecoveryProbe.utf8(probe.text()));
        assertStatus(200, send(request), request);
    }

    @DisplayName("W3 answers 404 to targets that match no route as they stand")
    @ParameterizedTest
    @CsvSource({
        "GET, /adv?",
        "GET, /adv?x=1",
        "GET, /adv/?x=1",
        "GET, /adv;x=1",
        "GET, /%61dv",
        "GET, /adv%2F",
        "GET, /%2Fadv",
        "GET, /ADV",
        "GET, /Adv/",
        "GET, /foo/../adv",
        "GET, /./adv",
        "GET, /adv/.",
        "GET, /adv/..",
        "GET, /advx",
        "GET, /xadv",
        "GET, /adv.json",
        "GET, /adv/SIGNING/",
        "GET, /adv/SIGNING?x=1",
        "GET, /adv/SIGNING/x",
        "GET, /adv/SIGN+ING",
        "GET, /adv/SIGNING=",
        "GET, /adv/%41",
        "GET, /rec/",
        "POST, /rec",
        "POST, /rec/",
        "POST, /rec//",
        "POST, /rec/KID/",
        "POST, /rec/KID//",
        "POST, /rec/KID?x=1",
        "POST, /rec/KID;x=1",
        "POST, /rec/KID/x",
        "POST, /rec/KID=",
        "POST, /rec/KID.",
        "POST, /rec/~KID",
        "POST, /rec/%2FKID",
        "POST, /REC/KID",
        "POST, /%72ec/KID",
        "POST, /foo/../rec/KID",
        "POST, /recKID",
        "PUT, /elsewhere",
        "OPTIONS, /elsewhere"
    })
    void answersNotFoundToOtherTargets(String method, String target) throws IOException {
        claimed(server.refusesEmptyQuery() || !target.endsWith("?"), "404 for an empty query");
        RecoveryProbe probe = probe();
        String suffix = target.replace("KID", probe.kid()).replace("SIGNING", probe.signingKid());
        RawHttp.Request request = request(method, suffix);
        RawHttp.Request sent = method.equals("GET") ? request : request.with(RecoveryProbe.utf8(probe.text()));
        if (server.seesSuspiciousTargets() || !isSuspicious(target)) {
            assertRefused(404, sent);
        } else {
            RawHttp.Reply reply = send(sent);
            assertTrue(List.of(400, 401, 404).contains(reply.status()), reply::toString);
            server.assertNothingSpent();
        }
    }

    private static boolean isSuspicious(String target) {
        return target.matches(".*/\\.{1,2}(/.*)?") || target.contains(";") || target.contains("%2F");
    }

    @DisplayName("W4 answers 405 to another method on a known path")
    @ParameterizedTest
    @CsvSource({
        "HEAD, /adv",
        "PUT, /adv",
        "DELETE, /adv",
        "OPTIONS, /adv",
        "POST, /adv",
        "POST, /adv/",
        "PUT, //adv//",
        "HEAD, /adv/SIGNING",
        "PUT, /adv/SIGNING",
        "DELETE, /adv/SIGNING",
        "OPTIONS, /adv/SIGNING",
        "POST, /adv/SIGNING",
        "GET, /rec/KID",
        "HEAD, /rec/KID",
        "PUT, /rec/KID",
        "DELETE, /rec/KID",
        "OPTIONS, /rec/KID",
        "PUT, //rec//KID"
    })
    void answersMethodNotAllowed(String method, String target) throws IOException {
        RecoveryProbe probe = probe();
        String suffix = target.replace("KID", probe.kid()).replace("SIGNING", probe.signingKid());
        assertRefused(405, request(method, suffix));
    }

    @DisplayName("W5 names the method that a path knows in Allow")
    @ParameterizedTest
    @CsvSource({"PUT, /adv, GET", "POST, /adv/x, GET", "GET, /rec/x, POST", "OPTIONS, /rec/x, POST"})
    void namesAllowedMethods(String method, String suffix, String allowed) throws IOException {
        claimed(server.namesAllowedMethods(), "405 with Allow");
        RawHttp.Reply reply = assertRefused(405, request(method, suffix));
        List<String> named = Arrays.stream(reply.header("Allow").orElse("").split(","))
                .map(name -> name.strip().toUpperCase(Locale.ROOT))
                .toList();
        assertTrue(named.contains(allowed), () -> "Allow lacks " + allowed + ": " + reply);
        assertFalse(named.contains(method), () -> "Allow names the refused method: " + reply);
    }

    @DisplayName("W6 answers 405 whatever the token")
    @ParameterizedTest
    @CsvSource({"PUT, /adv", "HEAD, /adv/", "POST, /adv/x", "GET, /rec/x", "DELETE, /rec/x"})
    void answersMethodNotAllowedWhateverTheToken(String method, String suffix) throws IOException {
        claimed(server.unknownBaseUrl().isPresent(), "a base that no device has");
        URI unknown = server.unknownBaseUrl().orElseThrow();
        RawHttp.Reply known = assertRefused(405, request(method, suffix));
        assertEquals(known, RawHttp.once(unknown, request(unknown, method, suffix)));
    }

    @DisplayName("W7 answers targets in absolute form")
    @Test
    void answersAbsoluteForm() throws IOException {
        claimed(server.answersAbsoluteForm(), "targets in absolute form");
        URI base = server.baseUrl();
        String root = "http://" + base.getRawAuthority() + path(base);
        assertEquals(200, send(RawHttp.Request.of("GET", root + "/adv/", base)).status());
        RecoveryProbe probe = probe();
        RawHttp.Request recovery =
                RawHttp.Request.of("POST", root + "/rec/" + probe.kid(), base).with(RecoveryProbe.utf8(probe.text()));
        assertStatus(200, send(recovery), recovery);
    }

    @DisplayName("W8 describes errors to proxies and people, and keeps the address out of caches and referrers")
    @ParameterizedTest
    @CsvSource({"GET, /elsewhere, 404", "PUT, /adv, 405", "POST, /rec/x, 400", "GET, /adv/x, 404", "GET, /adv, 200"})
    void describesErrors(String method, String suffix, int status) throws IOException {
        claimed(server.describesErrors(), "problem details, no-store, no-referrer");
        RawHttp.Reply reply = send(request(method, suffix));
        assertEquals(status, reply.status(), reply::toString);
        assertEquals("no-store", reply.header("Cache-Control").orElse("none"), reply::toString);
        assertEquals("no-referrer", reply.header("Referrer-Policy").orElse("none"), reply::toString);
        if (status != 200) {
            String type = reply.header("Content-Type").orElse("none");
            assertTrue(type.startsWith("application/problem+json"), reply::toString);
            assertFalse(reply.text().contains(path(server.baseUrl()) + "/"), () -> "tells its address: " + reply);
        }
    }
}
