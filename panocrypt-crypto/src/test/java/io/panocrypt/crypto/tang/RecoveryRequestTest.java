package io.panocrypt.crypto.tang;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.tang.RecoveryRequestException.Kind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryRequestTest {
    private static final EcPoint G = EcPoint.generator(Curve.P_256);

    private static Kind refusal(byte[] body) {
        return assertThrows(RecoveryRequestException.class, () -> RecoveryRequest.parse(body))
                .kind();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    class WhenTheBodyIsNotOneJsonValue {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "{",
                    "{}{}",
                    "{} x",
                    "{} []",
                    "nul",
                    "{\"kty\":\"EC\"",
                    "{'kty':'EC'}",
                    "{kty:\"EC\"}",
                    "{\"kty\":\"EC\",}",
                    "\uFEFF{}",
                    "{}\u0000",
                    "NaN",
                    "/**/{}",
                    "01",
                    "{\"a\":\"\u0001\"}"
                })
        void saysSo(String body) {
            assertEquals(Kind.NOT_JSON, refusal(utf8(body)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"ff", "7b2261223a22c3227d", "7b2261223a22c0af227d", "7b2261223a22eda080227d"})
        void saysSoOfBadUtf8(String hex) {
            assertEquals(Kind.NOT_JSON, refusal(HexFormat.of().parseHex(hex)));
        }

        @Test
        void saysSoOfOtherUnicodeForms() {
            assertEquals(Kind.NOT_JSON, refusal("{}".getBytes(StandardCharsets.UTF_16)));
            assertEquals(Kind.NOT_JSON, refusal("{}".getBytes(StandardCharsets.UTF_16LE)));
            assertEquals(Kind.NOT_JSON, refusal("{}".getBytes(java.nio.charset.Charset.forName("UTF-32"))));
        }

        @Test
        void saysSoOfDeepNesting() {
            assertEquals(Kind.NOT_JSON, refusal(utf8("[".repeat(65_000))));
            assertEquals(Kind.NOT_JSON, refusal(utf8("{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000))));
        }

        @Test
        void saysSoOfGiantNumbers() {
            assertEquals(Kind.NOT_JSON, refusal(utf8("{\"a\":" + "9".repeat(60_000) + "}")));
        }
    }

    @Nested
    class WhenUseOrOperationsForbidDerivation {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"use\":1}",
                    "{\"use\":null}",
                    "{\"use\":\"enc\"}",
                    "{\"use\":\"sig\"}",
                    "{\"use\":\"tang\"}",
                    "{\"use\":[],\"key_ops\":[\"deriveKey\"]}",
                    "{\"use\":\"enc\",\"key_ops\":[\"encrypt\"]}",
                    "{\"key_ops\":[]}",
                    "{\"key_ops\":null}",
                    "{\"key_ops\":\"deriveKey\"}",
                    "{\"key_ops\":{\"deriveKey\":1}}",
                    "{\"key_ops\":[\"verify\"]}",
                    "{\"key_ops\":[\"deriveBits\"]}",
                    "{\"key_ops\":[[\"deriveKey\"]]}",
                    "{\"key_ops\":[],\"kty\":\"RSA\",\"alg\":7}"
                })
        void saysSoBeforeLookingAtTheKeyType(String body) {
            assertEquals(Kind.NOT_FOR_DERIVATION, refusal(utf8(body)));
        }
    }

    @Nested
    class WhenTheKeyIsNotForThisExchange {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "1",
                    "null",
                    "\"EC\"",
                    "[]",
                    "[{\"kty\":\"EC\"}]",
                    "{}",
                    "{\"kty\":null}",
                    "{\"kty\":1}",
                    "{\"kty\":\"ec\"}",
                    "{\"kty\":\"OKP\"}",
                    "{\"kty\":\"EC\",\"kty\":\"RSA\"}",
                    "{\"kty\":\"EC\",\"alg\":null}",
                    "{\"kty\":\"EC\",\"alg\":1}",
                    "{\"kty\":\"EC\",\"alg\":\"ecmr\"}",
                    "{\"kty\":\"EC\",\"alg\":\"ES512\"}",
                    "{\"kty\":\"EC\",\"alg\":\"ECMR\",\"alg\":\"ECDH\"}"
                })
        void saysSo(String body) {
            assertEquals(Kind.NOT_ECMR, refusal(utf8(body)));
        }
    }

    @Nested
    class WhenTheFormIsRight {
        @ParameterizedTest
        @EnumSource
        void givesThePointThatAClientEncoded(Curve curve) throws RecoveryRequestException, InvalidPointException {
            EcPoint point = EcPoint.generator(curve);
            byte[] body = RecoveryRequest.encode(point);
            assertEquals(point, RecoveryRequest.parse(body).pointOn(curve));
        }

        @Test
        void hasTheLengthOfWhatClevisSends() {
            assertEquals(230, RecoveryRequest.encode(EcPoint.generator(Curve.P_521)).length);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{%s}",
                    " \r\n{\t%s } \n",
                    "{\"alg\":\"ECMR\",%s}",
                    "{\"alg\":\"ES512\",\"alg\":\"ECMR\",%s}",
                    "{\"key_ops\":[\"verify\",\"deriveKey\"],%s}",
                    "{\"use\":\"enc\",\"key_ops\":[\"deriveKey\"],%s}",
                    "{\"use\":\"sig\",\"key_ops\":[\"deriveKey\"],%s}",
                    "{\"more\":[{\"and\":{\"more\":1e40}}],%s,\"d\":\"AA\"}"
                })
        void acceptsWhatTangAccepts(String template) throws RecoveryRequestException, InvalidPointException {
            String members = new String(RecoveryReply.encode(G), StandardCharsets.US_ASCII)
                    .replaceAll("^.*(\"kty\".*)\\}$", "\"crv\":\"P-256\",$1");
            byte[] body = utf8(template.replace("%s", members));
            assertEquals(G, RecoveryRequest.parse(body).pointOn(Curve.P_256));
        }
    }

    @Nested
    class WhenThePointIsInvalid {
        @Test
        void refusesAnotherCurveThanTheKeys() throws RecoveryRequestException {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(G));
            assertThrows(InvalidPointException.class, () -> request.pointOn(Curve.P_521));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "\"P-256\" | null | <y>",
                    "\"P-256\" | 7 | <y>",
                    "\"P-256\" | [<x>] | <y>",
                    "\"P-256\" | \"\" | <y>",
                    "\"P-256\" | <y> | <x>",
                    "\"P-256\" | <x> | <x>",
                    "\"P-999\" | <x> | <y>",
                    "\"p-256\" | <x> | <y>",
                    "null | <x> | <y>",
                    "1 | <x> | <y>"
                })
        void refusesMembersThatDoNotFit(String crv, String x, String y) throws RecoveryRequestException {
            refused(crv, fill(x), fill(y));
        }

        private String fill(String template) {
            return template.replace("<x>", quoted(G.x())).replace("<y>", quoted(G.y()));
        }

        @Test
        void refusesOtherSpellingsOfTheSameNumber() throws RecoveryRequestException {
            String x = Base64Url.encode(G.x());
            byte[] padded = new byte[33];
            System.arraycopy(G.x(), 0, padded, 1, 32);
            // 43 characters hold 258 bits: the last two must be zero.
            char stray = (char) (x.charAt(42) + 1);
            for (String spelling : new String[] {
                x + "=",
                x + "\\n",
                " " + x,
                x.substring(0, 42) + stray,
                x.substring(0, 20) + "\\n" + x.substring(20),
                Base64Url.encode(padded),
                x.substring(1),
                x + "A"
            }) {
                refused("\"P-256\"", '"' + spelling + '"', quoted(G.y()));
            }
        }

        @Test
        void refusesNumbersOutsideTheFieldAndInfinity() throws RecoveryRequestException {
            byte[] p = Arrays.copyOfRange(Curve.P_256.p().toByteArray(), 1, 33);
            byte[] all = new BigInteger("2").pow(256).subtract(BigInteger.ONE).toByteArray();
            refused("\"P-256\"", quoted(p), quoted(G.y()));
            refused("\"P-256\"", quoted(G.x()), quoted(p));
            refused("\"P-256\"", quoted(Arrays.copyOfRange(all, 1, 33)), quoted(G.y()));
            refused("\"P-256\"", quoted(new byte[32]), quoted(new byte[32]));
        }

        private void refused(String crv, String x, String y) throws RecoveryRequestException {
            String body = "{\"kty\":\"EC\",\"crv\":" + crv + ",\"x\":" + x + ",\"y\":" + y + "}";
            RecoveryRequest request = RecoveryRequest.parse(utf8(body));
            InvalidPointException refusal =
                    assertThrows(InvalidPointException.class, () -> request.pointOn(Curve.P_256), body);
            assertFalse(refusal.getMessage().contains(Base64Url.encode(G.x()).substring(0, 8)));
        }

        private String quoted(byte[] coordinate) {
            return '"' + Base64Url.encode(coordinate) + '"';
        }
    }

    @Nested
    class WhenAnswered {
        @Test
        void isByteForByteAsTang() throws InvalidPointException {
            String expected = "{\"alg\":\"ECMR\",\"crv\":\"P-256\",\"key_ops\":[\"deriveKey\"],\"kty\":\"EC\",\"x\":\""
                    + Base64Url.encode(G.x()) + "\",\"y\":\"" + Base64Url.encode(G.y()) + "\"}";
            assertArrayEquals(utf8(expected), RecoveryReply.encode(G));
            assertEquals(G, RecoveryReply.parse(RecoveryReply.encode(G), Curve.P_256));
        }

        @Test
        void isReadWithOrWithoutItsOptionalMembers() throws InvalidPointException {
            assertEquals(G, RecoveryReply.parse(RecoveryRequest.encode(G), Curve.P_256));
        }

        @ParameterizedTest
        @ValueSource(strings = {"deriveKey", "ECMR", "EC\"", "P-256", "{"})
        void isRefusedWhenAPartIsAnother(String part) {
            String body = new String(RecoveryReply.encode(G), StandardCharsets.US_ASCII).replace(part, "other");
            assertThrows(InvalidPointException.class, () -> RecoveryReply.parse(utf8(body), Curve.P_256));
            assertThrows(InvalidPointException.class, () -> RecoveryReply.parse(RecoveryReply.encode(G), Curve.P_384));
        }
    }
}
