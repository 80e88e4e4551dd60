package io.panocrypt.crypto.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;

/**
 * Reads and writes the members crv, kty, x and y of an EC key in JSON (RFC 7518, section 6.2.1); the reader is strict.
 */
public final class JwkPoint {
    private JwkPoint() {}

    /** The point of an object with kty EC and any known curve. */
    public static EcPoint parse(JsonNode jwk) throws InvalidPointException {
        return parse(jwk, curve(jwk));
    }

    /**
     * Like {@link #parse(JsonNode)}, but coordinates may lack leading zero bytes or have more of them than the field.
     */
    public static EcPoint parseAnyLength(JsonNode jwk) throws InvalidPointException {
        Curve curve = curve(jwk);
        requireKind(jwk, curve);
        return EcPoint.of(
                curve,
                resize(coordinate(jwk, "x"), curve.fieldBytes()),
                resize(coordinate(jwk, "y"), curve.fieldBytes()));
    }

    /** The point of an object with kty EC and exactly this curve. */
    public static EcPoint parse(JsonNode jwk, Curve curve) throws InvalidPointException {
        requireKind(jwk, curve);
        return EcPoint.of(curve, coordinate(jwk, "x"), coordinate(jwk, "y"));
    }

    private static Curve curve(JsonNode jwk) throws InvalidPointException {
        String crv = StrictJson.text(jwk, "crv");
        if (crv == null) {
            throw new InvalidPointException("crv is missing");
        }
        return Curve.ofCrv(crv).orElseThrow(() -> new InvalidPointException("crv is unknown"));
    }

    private static void requireKind(JsonNode jwk, Curve curve) throws InvalidPointException {
        if (!"EC".equals(StrictJson.text(jwk, "kty"))) {
            throw new InvalidPointException("kty is not EC");
        }
        if (!curve.crv().equals(StrictJson.text(jwk, "crv"))) {
            throw new InvalidPointException("crv is not the expected curve");
        }
    }

    /**
     * Pads or trims a big-endian number to a length, in a new array; a number that needs more bytes keeps its length.
     */
    public static byte[] resize(byte[] number, int length) {
        int excess = number.length - length;
        for (int i = 0; i < excess; i++) {
            if (number[i] != 0) {
                return number.clone();
            }
        }
        byte[] resized = new byte[length];
        System.arraycopy(number, Math.max(0, excess), resized, Math.max(0, -excess), Math.min(number.length, length));
        return resized;
    }

    /** {@code "crv":..,"kty":"EC","x":..,"y":..} without braces, with the given separators. */
    public static String members(EcPoint point, String comma, String colon) {
        return "\"crv\"" + colon + '"' + point.curve().crv() + '"' + comma + "\"kty\"" + colon + "\"EC\"" + comma
                + coordinates(point, comma, colon);
    }

    /** {@code "x":..,"y":..} with the given separators. */
    public static String coordinates(EcPoint point, String comma, String colon) {
        return "\"x\"" + colon + '"' + Base64Url.encode(point.x()) + '"' + comma + "\"y\"" + colon + '"'
                + Base64Url.encode(point.y()) + '"';
    }

    private static byte[] coordinate(JsonNode jwk, String member) throws InvalidPointException {
        String text = StrictJson.text(jwk, member);
        if (text == null) {
            throw new InvalidPointException("coordinate is missing or not a string");
        }
        return Base64Url.decode(text)
                .orElseThrow(() -> new InvalidPointException("coordinate is not unpadded base64url"));
    }
}
