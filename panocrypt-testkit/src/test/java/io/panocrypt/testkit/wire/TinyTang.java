package io.panocrypt.testkit.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A minimal server on P-256 that follows the whole contract, and can violate single rules on request. */
final class TinyTang implements TinyHttp.Handler {

    /** A mistake of a broken server. */
    enum Flaw {
        SIGNS_WITH_EXCHANGE_KEY,
        ANSWERS_OFF_CURVE_POINT,
        REDIRECTS_TRAILING_SLASH,
        LOOKS_UP_KID_BEFORE_JSON,
        TELLS_UNKNOWN_KID
    }

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Pattern ADV = Pattern.compile("/+adv/*");
    private static final Pattern ADV_KEY = Pattern.compile("/+adv/+([0-9A-Za-z_-]+)");
    private static final Pattern REC = Pattern.compile("/+rec/+([0-9A-Za-z_-]+)");

    private final AffineCurve curve = AffineCurve.named("P-256");
    private final BigInteger signing;
    private final BigInteger exchange;
    private final ObjectNode signingKey;
    private final ObjectNode exchangeKey;
    private final Set<String> signingThumbprints;
    private final Set<String> exchangeThumbprints;
    private final Set<Flaw> flaws;

    TinyTang(Set<Flaw> flaws) {
        Random random = new Random(17);
        this.signing = new BigInteger(250, random);
        this.exchange = new BigInteger(250, random);
        this.signingKey = jwk(curve.multiply(signing, curve.generator()), "ES256", "verify");
        this.exchangeKey = jwk(curve.multiply(exchange, curve.generator()), "ECMR", "deriveKey");
        this.signingThumbprints = thumbprints(signingKey);
        this.exchangeThumbprints = thumbprints(exchangeKey);
        this.flaws = flaws.isEmpty() ? EnumSet.noneOf(Flaw.class) : EnumSet.copyOf(flaws);
    }

    @Override
    public TinyHttp.Answer answer(String method, String rawTarget, byte[] body) {
        String target = rawTarget.replaceFirst("^http://[^/]*", "");
        boolean known = target.startsWith("/u/token/");
        String route = target.replaceFirst("^/u/[^/]*", "");
        Matcher adv = ADV.matcher(route);
        Matcher advKey = ADV_KEY.matcher(route);
        Matcher rec = REC.matcher(route);
        if (body.length > 65_535) {
            return TinyHttp.Answer.problem(413);
        }
        if (adv.matches() || advKey.matches()) {
            return method.equals("GET")
                    ? advertisement(known, advKey.matches() ? advKey.group(1) : "", route)
                    : TinyHttp.Answer.problem(405).with("Allow: GET");
        }
        if (rec.matches()) {
            return method.equals("POST")
                    ? recovery(known, rec.group(1), body)
                    : TinyHttp.Answer.problem(405).with("Allow: POST");
        }
        return TinyHttp.Answer.problem(404);
    }

    private TinyHttp.Answer advertisement(boolean known, String thumbprint, String route) {
        if (flaws.contains(Flaw.REDIRECTS_TRAILING_SLASH) && route.equals("/adv/")) {
            return TinyHttp.Answer.problem(302).with("Location: /u/token/adv");
        }
        boolean signer = thumbprint.isEmpty() || signingThumbprints.contains(thumbprint);
        boolean exchanger = exchangeThumbprints.contains(thumbprint);
        if (!known || !(signer || exchanger && flaws.contains(Flaw.SIGNS_WITH_EXCHANGE_KEY))) {
            return TinyHttp.Answer.problem(404);
        }
        ObjectNode set = JSON.createObjectNode();
        set.putArray("keys").add(signingKey).add(exchangeKey);
        String payload = base64(set.toString());
        String header = base64("{\"alg\":\"ES256\",\"cty\":\"jwk-set+json\"}");
        ObjectNode jws = JSON.createObjectNode().put("payload", payload).put("protected", header);
        jws.put("signature", sign(header + "." + payload));
        return TinyHttp.Answer.ok("application/jose+json", jws.toString());
    }

    private TinyHttp.Answer recovery(boolean known, String kid, byte[] body) {
        boolean exchanger = known && exchangeThumbprints.contains(kid);
        boolean signer = known && signingThumbprints.contains(kid);
        if (flaws.contains(Flaw.LOOKS_UP_KID_BEFORE_JSON) && !exchanger && !signer) {
            return TinyHttp.Answer.problem(404);
        }
        Optional<JsonNode> parsed = parse(body);
        if (parsed.isEmpty()) {
            return TinyHttp.Answer.problem(400);
        }
        JsonNode jwk = parsed.get();
        boolean derives = false;
        if (jwk.path("key_ops").isArray()) {
            for (JsonNode operation : jwk.get("key_ops")) {
                derives |= operation.asText().equals("deriveKey");
            }
        }
        if ((jwk.has("use") || jwk.has("key_ops")) && !derives) {
            return TinyHttp.Answer.problem(403);
        }
        if (!is(jwk, "kty", "EC") || jwk.has("alg") && !is(jwk, "alg", "ECMR")) {
            return TinyHttp.Answer.problem(400);
        }
        if (!exchanger && !signer) {
            TinyHttp.Answer unknown = TinyHttp.Answer.problem(404);
            return flaws.contains(Flaw.TELLS_UNKNOWN_KID) ? unknown.with("X-Kid: unknown") : unknown;
        }
        return signer ? TinyHttp.Answer.problem(403) : multiplied(jwk);
    }

    private TinyHttp.Answer multiplied(JsonNode jwk) {
        Optional<BigInteger> x = coordinate(jwk.path("x"));
        Optional<BigInteger> y = coordinate(jwk.path("y"));
        if (!is(jwk, "crv", "P-256") || x.isEmpty() || y.isEmpty()) {
            return TinyHttp.Answer.problem(400);
        }
        ECPoint point = new ECPoint(x.get(), y.get());
        if (!curve.contains(point) && !flaws.contains(Flaw.ANSWERS_OFF_CURVE_POINT)) {
            return TinyHttp.Answer.problem(400);
        }
        ECPoint product = curve.contains(point) ? curve.multiply(exchange, point) : curve.generator();
        return TinyHttp.Answer.ok(
                "application/jwk+json", jwk(product, "ECMR", "deriveKey").toString());
    }

    private static Optional<JsonNode> parse(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            JsonNode json = JSON.readTree(text);
            return json.isMissingNode() ? Optional.empty() : Optional.of(json);
        } catch (CharacterCodingException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private Optional<BigInteger> coordinate(JsonNode node) {
        String text = node.isTextual() ? node.asText() : "";
        return text.matches("[0-9A-Za-z_-]{43}") ? Optional.of(AffineCurve.decode(text)) : Optional.empty();
    }

    private static boolean is(JsonNode jwk, String member, String value) {
        return jwk.path(member).isTextual() && jwk.path(member).asText().equals(value);
    }

    private static Set<String> thumbprints(JsonNode jwk) {
        return Advertisement.HASHES.stream()
                .map(hash -> Advertisement.thumbprint(jwk, hash))
                .collect(Collectors.toUnmodifiableSet());
    }

    private ObjectNode jwk(ECPoint point, String alg, String operation) {
        ObjectNode jwk = JSON.createObjectNode().put("alg", alg).put("crv", "P-256");
        jwk.putArray("key_ops").add(operation);
        return jwk.put("kty", "EC")
                .put("x", curve.encode(point.getAffineX()))
                .put("y", curve.encode(point.getAffineY()));
    }

    private String sign(String text) {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
            signer.initSign(
                    KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(signing, curve.parameters())));
            signer.update(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
