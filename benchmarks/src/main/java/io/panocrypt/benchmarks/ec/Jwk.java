package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import java.util.Base64;

/** Writes exchange keys as JWKs for libjose. Write secret keys only if they are throw-away. */
final class Jwk {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private Jwk() {}

    static String of(EcPoint point) {
        return "{" + members(point) + "}";
    }

    static String secret(EcKeyPair key) {
        return "{" + members(key.publicKey()) + ",\"d\":\"" + BASE64URL.encodeToString(key.copyScalar()) + "\"}";
    }

    private static String members(EcPoint point) {
        return "\"alg\":\"ECMR\",\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\""
                .formatted(
                        point.curve().crv(), BASE64URL.encodeToString(point.x()), BASE64URL.encodeToString(point.y()));
    }
}
