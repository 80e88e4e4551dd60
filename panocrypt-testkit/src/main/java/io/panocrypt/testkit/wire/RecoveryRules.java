package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W30 to W36: answers to allowed requests. */
abstract class RecoveryRules extends WireRules {

    private static final ObjectMapper JSON = new ObjectMapper();

    RecoveryRules(TangServerContract server) {
        super(server);
    }

    /** A different spelling of the same request. */
    record Spelling(String name, Function<RecoveryProbe, Object> body) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<String> hashes() {
        return Advertisement.HASHES.stream();
    }

    static Stream<Spelling> spellings() {
        return Stream.of(
                new Spelling("with a newline, as Clevis sends it", probe -> probe.text() + "\n"),
                new Spelling(
                        "with white space all over",
                        probe -> " \r\n\t" + probe.json().toPrettyString() + "\r\n \t"),
                new Spelling("without alg", probe -> probe.json().without("alg")),
                new Spelling(
                        "with key_ops deriveKey",
                        probe -> probe.json()
                                .set("key_ops", probe.json().arrayNode().add("deriveKey"))),
                new Spelling(
                        "with key_ops deriveKey among others",
                        probe -> probe.json()
                                .set(
                                        "key_ops",
                                        probe.json().arrayNode().add("verify").add("deriveKey"))),
                new Spelling(
                        "with use sig and key_ops deriveKey",
                        probe -> probe.json()
                                .put("use", "sig")
                                .set("key_ops", probe.json().arrayNode().add("deriveKey"))),
                new Spelling(
                        "with members that mean nothing",
                        probe -> probe.json()
                                .put("kid", "x")
                                .put("pi", 3.14)
                                .put("none", (String) null)
                                .set("deep", probe.json().objectNode().put("kty", "RSA"))),
                new Spelling(
                        "with members the other way round",
                        probe -> "{\"y\":"
                                + probe.json().get("y") + ",\"x\":"
                                + probe.json().get("x") + ",\"kty\":\"EC\",\"crv\":"
                                + probe.json().get("crv") + "}"),
                new Spelling(
                        "with an escaped name and value",
                        probe ->
                                probe.text().replace("\"kty\"", "\"k\\u0074y\"").replace("\"EC\"", "\"\\u0045C\"")),
                new Spelling(
                        "with a wrong kty before the right one",
                        probe -> probe.text().replace("{", "{\"kty\":\"RSA\",")),
                new Spelling(
                        "with a wrong alg before the right one",
                        probe -> probe.text().replace("{", "{\"alg\":\"ES512\",")),
                new Spelling(
                        "with a wrong x before the right one",
                        probe -> probe.text().replace("{", "{\"x\":\"AA\",")),
                new Spelling(
                        "with key_ops [] before the right ones",
                        probe -> probe.text().replace("{", "{\"key_ops\":[],\"key_ops\":[\"deriveKey\"],")));
    }

    @DisplayName("W30 answers with the exchange: the point times the server's key")
    @RepeatedTest(5)
    void answersWithTheExchange() throws IOException, GeneralSecurityException {
        RecoveryProbe probe = probe();
        RawHttp.Request request = recovery(probe.kid(), RecoveryProbe.utf8(probe.text() + "\n"));
        RawHttp.Reply reply = send(request);
        assertStatus(200, reply, request);
        JsonNode answer = JSON.readTree(reply.body());
        ECPoint product = Advertisement.point(answer);
        assertTrue(probe.curve().contains(product), () -> "not on the curve: " + answer);
        // A second oracle: the JDK's ECDH of e and S, which gives only x.
        byte[] shared = ecdh(probe);
        assertEquals(new BigInteger(1, shared), product.getAffineX(), () -> "sent " + probe.text() + " got " + answer);
        assertEquals(
                probe.curve().multiply(probe.secret(), probe.serverPoint()),
                product,
                () -> "sent " + probe.text() + " got " + answer);
    }

    @DisplayName("W31 answers byte for byte as Tang does: sorted, compact, full length, application/jwk+json")
    @RepeatedTest(3)
    void answersByteForByte() throws IOException {
        RecoveryProbe probe = probe();
        RawHttp.Reply reply = post(probe.kid(), RecoveryProbe.utf8(probe.text()));
        assertEquals(200, reply.status(), reply::toString);
        assertEquals(probe.answer(), reply.text());
        assertEquals("application/jwk+json", reply.header("Content-Type").orElse("none"));
    }

    @DisplayName("W31 keeps leading zero bytes of a coordinate in its answer")
    @Test
    void keepsLeadingZeros() throws IOException {
        // The answer to k times G is k times S: increment k until a coordinate begins with a zero byte.
        RecoveryProbe probe = probe();
        AffineCurve curve = probe.curve();
        ECPoint sent = curve.generator();
        ECPoint product = probe.serverPoint();
        while (product.getAffineX().bitLength() > 8 * (curve.length() - 1)) {
            sent = curve.add(sent, curve.generator());
            product = curve.add(product, probe.serverPoint());
        }
        byte[] body = RecoveryProbe.utf8(probe.withPoint(sent).text());
        assertEquals(probe.answer(product), post(probe.kid(), body).text());
    }

    @DisplayName("W32 finds the exchange key by its thumbprint by each of the five hashes")
    @ParameterizedTest
    @MethodSource("hashes")
    void findsKeyByHash(String hash) throws IOException {
        Advertisement advertisement = advertisement();
        RecoveryProbe probe = RecoveryProbe.against(advertisement);
        String kid = Advertisement.thumbprint(advertisement.exchangeKey(), hash);
        assertEquals(probe.answer(), post(kid, RecoveryProbe.utf8(probe.text())).text());
    }

    @DisplayName("W33 answers the same request in other spellings; of equal members the last counts")
    @ParameterizedTest
    @MethodSource("spellings")
    void answersOtherSpellings(Spelling spelling) throws IOException {
        RecoveryProbe probe = probe();
        RawHttp.Request request =
                recovery(probe.kid(), RecoveryProbe.utf8(spelling.body().apply(probe)));
        RawHttp.Reply reply = send(request);
        assertStatus(200, reply, request);
        assertEquals(probe.answer(), reply.text());
    }

    @DisplayName("W34 answers the generator with its own public key")
    @Test
    void answersGenerator() throws IOException {
        RecoveryProbe probe = probe();
        RecoveryProbe generator = probe.withPoint(probe.curve().generator());
        assertEquals(
                probe.answer(probe.serverPoint()),
                post(probe.kid(), RecoveryProbe.utf8(generator.text())).text());
    }

    @DisplayName("W35 answers its own public key, and stays linear: s(S + G) = sS + S")
    @Test
    void answersOwnKey() throws IOException {
        RecoveryProbe probe = probe();
        AffineCurve curve = probe.curve();
        ECPoint square = multiplied(probe, probe.serverPoint());
        ECPoint next = multiplied(probe, curve.add(probe.serverPoint(), curve.generator()));
        assertEquals(curve.add(square, probe.serverPoint()), next);
        ECPoint opposite = new ECPoint(
                probe.serverPoint().getAffineX(),
                curve.p().subtract(probe.serverPoint().getAffineY()));
        assertEquals(
                new ECPoint(square.getAffineX(), curve.p().subtract(square.getAffineY())), multiplied(probe, opposite));
    }

    @DisplayName("W36 ignores the request's Content-Type and Accept")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Nothing: 1",
                "Content-Type: text/plain",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data; boundary=x",
                "Content-Type: application/json; charset=utf-16",
                "Content-Type: application/jwk+json;charset=UTF-8",
                "Content-Type: nonsense",
                "Accept: text/html",
                "If-None-Match: *"
            })
    void ignoresContentType(String header) throws IOException {
        RecoveryProbe probe = probe();
        RawHttp.Request request =
                request("POST", "/rec/" + probe.kid()).with(header).with(RecoveryProbe.utf8(probe.text()));
        RawHttp.Reply reply = send(request);
        assertStatus(200, reply, request);
        assertArrayEquals(RecoveryProbe.utf8(probe.answer()), reply.body());
    }

    private ECPoint multiplied(RecoveryProbe probe, ECPoint point) throws IOException {
        RawHttp.Request request =
                recovery(probe.kid(), RecoveryProbe.utf8(probe.withPoint(point).text()));
        RawHttp.Reply reply = send(request);
        assertStatus(200, reply, request);
        ECPoint product = Advertisement.point(JSON.readTree(reply.body()));
        assertTrue(probe.curve().contains(product), reply::toString);
        return product;
    }

    private static byte[] ecdh(RecoveryProbe probe) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(KeyFactory.getInstance("EC")
                .generatePrivate(
                        new ECPrivateKeySpec(probe.secret(), probe.curve().parameters())));
        agreement.doPhase(Advertisement.publicKey(probe.curve(), probe.serverPoint()), true);
        return agreement.generateSecret();
    }
}
