package io.panocrypt.testkit.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** W40 to W48: wrong recovery requests, and which of two faults decides. */
abstract class RefusalRules extends WireRules {

    /** Nesting depth that exhausts the stack of a parser without a limit; no honest request is that deep. */
    private static final int DEEP = 10_000;

    RefusalRules(TangServerContract server) {
        super(server);
    }

    /** A wrong body, derived from a probe that would be answered. */
    record Wrong(String name, Function<RecoveryProbe, byte[]> body) {

        static Wrong text(String name, Function<RecoveryProbe, Object> body) {
            return new Wrong(name, probe -> RecoveryProbe.utf8(body.apply(probe)));
        }

        static Wrong member(String json) {
            return text(json, probe -> probe.text().replace("}", "," + json + "}"));
        }

        static Wrong without(String member) {
            return text("without " + member, probe -> probe.json().without(member));
        }

        static Wrong json(String name, BiFunction<RecoveryProbe, ObjectNode, Object> body) {
            return text(name, probe -> body.apply(probe, probe.json()));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Wrong> notOneJsonValue() {
        return Stream.of(
                Wrong.text("empty", probe -> ""),
                Wrong.text("a space", probe -> " "),
                Wrong.text(
                        "truncated",
                        probe -> probe.text().substring(0, probe.text().length() - 1)),
                Wrong.text(
                        "half", probe -> probe.text().substring(0, probe.text().length() / 2)),
                Wrong.text("one brace", probe -> "{"),
                Wrong.text("text", probe -> "kty=EC"),
                Wrong.text("trailing text", probe -> probe.text() + "x"),
                Wrong.text("trailing brace", probe -> probe.text() + "}"),
                Wrong.text("trailing comma", probe -> probe.text().replace("}", ",}")),
                Wrong.text("two values", probe -> probe.text() + probe.text()),
                Wrong.text("two values in two lines", probe -> probe.text() + "\n{}"),
                Wrong.text("single quotes", probe -> probe.text().replace('"', '\'')),
                Wrong.text("names without quotes", probe -> probe.text().replace("\"kty\"", "kty")),
                Wrong.text("a comment", probe -> probe.text() + "/* */"),
                Wrong.text("NaN", probe -> probe.text().replace("}", ",\"n\":NaN}")),
                Wrong.text("a byte order mark", probe -> "\uFEFF" + probe.text()),
                new Wrong("UTF-16", probe -> probe.text().getBytes(UTF_16LE)),
                new Wrong("UTF-16, big-endian", probe -> probe.text().getBytes(UTF_16BE)),
                new Wrong("UTF-16 with a mark", probe -> ("\uFEFF" + probe.text()).getBytes(UTF_16BE)),
                new Wrong(
                        "not UTF-8",
                        probe -> probe.text().replace("}", ",\"z\":\"\u00e9\"}").getBytes(ISO_8859_1)),
                new Wrong(
                        "overlong UTF-8",
                        probe -> probe.text()
                                .replace("}", ",\"z\":\"\u00c0\u00af\"}")
                                .getBytes(ISO_8859_1)),
                Wrong.text("a raw control character", probe -> probe.text().replace("}", ",\"z\":\"\u0001\"}")),
                Wrong.text("a NUL first", probe -> "\0" + probe.text()),
                Wrong.text(
                        "a member nested 10,000 deep",
                        probe -> probe.text().replace("}", ",\"z\":" + "[".repeat(DEEP) + "]".repeat(DEEP) + "}")),
                Wrong.text("objects nested 10,000 deep", probe -> "{\"z\":".repeat(DEEP)));
    }

    @DisplayName("W40 answers 400 to a body that is not one JSON value")
    @ParameterizedTest
    @MethodSource("notOneJsonValue")
    void refusesBodyThatIsNotOneJsonValue(Wrong wrong) throws IOException {
        assertRefused(400, wrong);
    }

    static Stream<Wrong> notObjects() {
        return Stream.of("[]", "null", "true", "5", "\"EC\"", "{}", "[".repeat(DEEP) + "]".repeat(DEEP))
                .map(json -> Wrong.text(json.length() > 9 ? "an array nested 10,000 deep" : json, probe -> json));
    }

    @DisplayName("W41 answers 400 to JSON that is not an object with the members of a key")
    @ParameterizedTest
    @MethodSource("notObjects")
    void refusesJsonThatIsNotAKey(Wrong wrong) throws IOException {
        assertRefused(400, wrong);
    }

    static Stream<Wrong> notForDeriving() {
        return Stream.of(
                        "\"key_ops\":[]",
                        "\"key_ops\":\"deriveKey\"",
                        "\"key_ops\":[\"verify\"]",
                        "\"key_ops\":[\"deriveBits\"]",
                        "\"key_ops\":[\"DeriveKey\"]",
                        "\"key_ops\":[5]",
                        "\"key_ops\":5",
                        "\"key_ops\":{\"deriveKey\":true}",
                        "\"use\":\"enc\"",
                        "\"use\":\"sig\"",
                        "\"use\":\"\"",
                        "\"use\":5",
                        "\"use\":null")
                .map(Wrong::member);
    }

    @DisplayName("W42 answers 403 to a key that says it is not for deriving keys")
    @ParameterizedTest
    @MethodSource("notForDeriving")
    void refusesKeyForOtherUse(Wrong wrong) throws IOException {
        assertRefused(403, wrong);
    }

    static Stream<Wrong> otherKinds() {
        return Stream.concat(
                Stream.of(Wrong.without("kty")),
                Stream.of(
                                "\"kty\":\"RSA\"",
                                "\"kty\":\"ec\"",
                                "\"kty\":5",
                                "\"kty\":null",
                                "\"kty\":[\"EC\"]",
                                "\"alg\":\"ES512\"",
                                "\"alg\":\"ecmr\"",
                                "\"alg\":\"\"",
                                "\"alg\":null",
                                "\"alg\":7",
                                "\"alg\":[\"ECMR\"]")
                        .map(Wrong::member));
    }

    @DisplayName("W43 answers 400 to another kind of key or algorithm")
    @ParameterizedTest
    @MethodSource("otherKinds")
    void refusesOtherKind(Wrong wrong) throws IOException {
        assertRefused(400, wrong);
    }

    @DisplayName("W44 answers 403 to a signing key's thumbprint as kid")
    @ParameterizedTest
    @CsvSource({"SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"})
    void refusesSigningKeyAsKid(String hash) throws IOException {
        Advertisement advertisement = advertisement();
        RecoveryProbe probe = RecoveryProbe.against(advertisement);
        String kid = Advertisement.thumbprint(advertisement.signingKeys().get(0), hash);
        assertRefused(403, recovery(kid, RecoveryProbe.utf8(probe.text())));
    }

    static Stream<Wrong> badPoints() {
        return Stream.of(
                Wrong.without("crv"),
                Wrong.without("x"),
                Wrong.without("y"),
                Wrong.member("\"crv\":\"P-999\""),
                Wrong.member("\"crv\":\"Ed25519\""),
                Wrong.member("\"crv\":521"),
                Wrong.member("\"crv\":null"),
                Wrong.member("\"x\":null"),
                Wrong.member("\"x\":7"),
                Wrong.member("\"x\":\"\""),
                Wrong.member("\"y\":\"\""),
                Wrong.member("\"y\":[]"),
                Wrong.member("\"x\":\"AA\""),
                Wrong.json("x with padding", (probe, json) -> json.put("x", text(json) + "=")),
                Wrong.json("x with a blank", (probe, json) -> json.put("x", text(json) + " ")),
                Wrong.json(
                        "x of another alphabet",
                        (probe, json) -> json.put("x", "+/" + text(json).substring(2))),
                Wrong.json(
                        "x with a letter that is none",
                        (probe, json) -> json.put("x", "\u00e9" + text(json).substring(1))),
                Wrong.json(
                        "x cut short", (probe, json) -> json.put("x", text(json).substring(4))),
                Wrong.json("x with bytes after it", (probe, json) -> json.put("x", text(json) + "AAAA")),
                Wrong.json("x very long", (probe, json) -> json.put("x", "A".repeat(40_000))),
                Wrong.json("x and y exchanged", (probe, json) -> {
                    String x = text(json);
                    return json.put("x", json.get("y").asText()).put("y", x);
                }),
                at(
                        "y plus one",
                        (probe, point) -> new ECPoint(
                                point.getAffineX(), point.getAffineY().add(BigInteger.ONE))),
                at("zero, zero", (probe, point) -> new ECPoint(BigInteger.ZERO, BigInteger.ZERO)),
                at(
                        "x = p, y = p",
                        (probe, point) ->
                                new ECPoint(probe.curve().p(), probe.curve().p())),
                at(
                        "x = p - 1, y = p - 1",
                        (probe, point) -> new ECPoint(
                                probe.curve().p().subtract(BigInteger.ONE),
                                probe.curve().p().subtract(BigInteger.ONE))),
                Wrong.json("all bits set", (probe, json) -> {
                    byte[] ones = new byte[probe.curve().length()];
                    Arrays.fill(ones, (byte) 0xff);
                    String text = probe.curve().encode(new BigInteger(1, ones));
                    return json.put("x", text).put("y", text);
                }),
                Wrong.json("a point of another curve", (probe, json) -> {
                    AffineCurve other = otherCurve(probe);
                    return json.put("crv", other.crv())
                            .put("x", other.encode(other.generator().getAffineX()))
                            .put("y", other.encode(other.generator().getAffineY()));
                }),
                Wrong.json(
                        "the name of another curve",
                        (probe, json) -> json.put("crv", otherCurve(probe).crv())),
                Wrong.json("coordinates of another curve", (probe, json) -> {
                    AffineCurve other = otherCurve(probe);
                    return json.put("x", other.encode(other.generator().getAffineX()))
                            .put("y", other.encode(other.generator().getAffineY()));
                }));
    }

    private static Wrong at(String name, BiFunction<RecoveryProbe, ECPoint, ECPoint> change) {
        return Wrong.text(
                name,
                probe -> probe.withPoint(change.apply(probe, probe.point())).text());
    }

    private static String text(ObjectNode json) {
        return json.get("x").asText();
    }

    private static AffineCurve otherCurve(RecoveryProbe probe) {
        return AffineCurve.named(probe.curve().crv().equals("P-256") ? "P-384" : "P-256");
    }

    @DisplayName("W45 answers 400 to what is no point of the key's curve")
    @ParameterizedTest
    @MethodSource("badPoints")
    void refusesBadPoint(Wrong wrong) throws IOException {
        assertRefused(400, wrong);
    }

    @DisplayName("W46 decides by the first wrong: JSON, use, kind, kid, kind of kid, point")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UNKNOWN | {                                                | 400",
                "UNKNOWN | {\"key_ops\":[]                                  | 400",
                "SIGNING | {\"key_ops\":[]                                  | 400",
                "UNKNOWN | {\"kty\":\"RSA\",\"key_ops\":[]}                 | 403",
                "UNKNOWN | {\"key_ops\":[]}                                 | 403",
                "SIGNING | {\"alg\":\"ES512\",\"use\":\"sig\"}              | 403",
                "KID     | {\"kty\":\"RSA\",\"key_ops\":[\"verify\"]}       | 403",
                "UNKNOWN | []                                               | 400",
                "UNKNOWN | {\"kty\":\"RSA\"}                                | 400",
                "UNKNOWN | {\"kty\":\"EC\",\"alg\":\"ES512\"}               | 400",
                "SIGNING | {\"kty\":\"RSA\"}                                | 400",
                "UNKNOWN | {\"kty\":\"EC\"}                                 | 404",
                "UNKNOWN | {\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":5}       | 404",
                "UNKNOWN | {\"kty\":\"EC\",\"alg\":\"ECMR\",\"key_ops\":[\"deriveKey\"]} | 404",
                "SIGNING | {\"kty\":\"EC\"}                                 | 403",
                "SIGNING | {\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":5}       | 403",
                "KID     | {\"kty\":\"EC\"}                                 | 400"
            })
    void decidesByTheFirstWrong(String kid, String body, int status) throws IOException {
        RecoveryProbe probe = probe();
        String addressed = switch (kid) {
            case "UNKNOWN" -> UNKNOWN_THUMBPRINT;
            case "SIGNING" -> probe.signingKid();
            default -> probe.kid();
        };
        assertRefused(status, recovery(addressed, RecoveryProbe.utf8(body)));
    }

    static Stream<Wrong> inexactCoordinates() {
        return Stream.of(
                Wrong.json(
                        "a zero byte before x",
                        (probe, json) -> json.put(
                                "x",
                                AffineCurve.encode(
                                        probe.point().getAffineX(),
                                        probe.curve().length() + 1))),
                Wrong.json(
                        "a zero byte before y",
                        (probe, json) -> json.put(
                                "y",
                                AffineCurve.encode(
                                        probe.point().getAffineY(),
                                        probe.curve().length() + 1))),
                Wrong.json(
                        "x without its leading zero byte",
                        (probe, json) -> stripped(probe)
                                .json()
                                .put(
                                        "x",
                                        AffineCurve.encode(
                                                stripped(probe).point().getAffineX(),
                                                probe.curve().length() - 1))),
                Wrong.json("x + p for x", (probe, json) -> {
                    BigInteger sum =
                            probe.point().getAffineX().add(probe.curve().p());
                    return json.put(
                            "x", AffineCurve.encode(sum, Math.max(probe.curve().length(), (sum.bitLength() + 7) / 8)));
                }));
    }

    // Uses small multiples of the generator, so the same probe always gives the same point.
    private static RecoveryProbe stripped(RecoveryProbe probe) {
        AffineCurve curve = probe.curve();
        ECPoint point = curve.generator();
        while (point.getAffineX().bitLength() > 8 * (curve.length() - 1)) {
            point = curve.add(point, curve.generator());
        }
        return probe.withPoint(point);
    }

    @DisplayName("W47 answers 400 to a coordinate of another length than the field's, or not below the prime")
    @ParameterizedTest
    @MethodSource("inexactCoordinates")
    void refusesInexactCoordinates(Wrong wrong) throws IOException {
        claimed(server.requiresExactCoordinates(), "exact coordinates");
        assertRefused(400, wrong);
    }

    @DisplayName("W48 answers 400 to a NUL after the JSON value, and to what follows it")
    @ParameterizedTest
    @CsvSource({"'',NUL", "x,NUL and text"})
    void refusesBytesAfterJson(String rest, String name) throws IOException {
        claimed(server.refusesBytesAfterJson(), "nothing after the JSON value");
        assertRefused(400, Wrong.text(name, probe -> probe.text() + "\0" + rest));
    }

    private void assertRefused(int expected, Wrong wrong) throws IOException {
        RecoveryProbe probe = probe();
        assertRefused(expected, recovery(probe.kid(), wrong.body().apply(probe)));
    }
}
