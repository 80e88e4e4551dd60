package io.panocrypt.crypto.clevis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.exchange.Provisioning;
import io.panocrypt.crypto.exchange.Recovery;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.internal.JwkPoint;
import io.panocrypt.crypto.internal.StrictJson;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.ThumbprintAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that Clevis' tang pin has encrypted to one Tang server: a compact JWE (RFC 7516, section 3.1).
 *
 * <p>The key agreement is ECDH-ES (RFC 7518, section 4.6) on the shared point of a McCallum-Relyea exchange; the
 * content is encrypted with AES-256-GCM. {@link #encrypt} writes what {@code clevis decrypt} reads, and {@link #parse}
 * reads what {@code clevis encrypt tang} writes. Immutable and thread-safe.
 */
public final class TangPin {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final String header;
    private final String url;
    private final String kid;
    private final PublicJwk serverKey;
    private final EcPoint clientPublic;
    private final byte[] nonce;
    private final byte[] ciphertext;

    private TangPin(
            String header,
            String url,
            String kid,
            PublicJwk serverKey,
            EcPoint clientPublic,
            byte[] nonce,
            byte[] ciphertext) {
        this.header = header;
        this.url = url;
        this.kid = kid;
        this.serverKey = serverKey;
        this.clientPublic = clientPublic;
        this.nonce = nonce;
        this.ciphertext = ciphertext;
    }

    /** Sends one recovery request to the server and returns its answer. */
    @FunctionalInterface
    public interface Server {
        /**
         * Sends the body to {@code {url}/rec/{kid}}.
         *
         * @param requestBody the request's body
         * @return the body of the server's answer
         * @throws IOException if there is no answer, or it is an error
         */
        byte[] recover(byte[] requestBody) throws IOException;
    }

    /**
     * Encrypts a secret to the advertisement's first exchange key, as Clevis does.
     *
     * @param plaintext the secret, of any length
     * @param advertisement one that the caller trusts
     * @param url the server's base URL, stored verbatim and unencrypted
     * @param exchange the client half of the exchange
     * @param random the source of the nonce
     * @return the compact JWE, without a line feed
     * @throws GeneralSecurityException if the Java runtime has no AES-GCM
     */
    public static String encrypt(
            byte[] plaintext, Advertisement advertisement, String url, McCallumRelyea exchange, SecureRandom random)
            throws GeneralSecurityException {
        PublicJwk serverKey = advertisement.exchangeKey();
        Provisioning provisioning = exchange.provision(serverKey.point());
        String header = Base64Url.encode(
                StrictJson.compact(header(advertisement, url, serverKey, provisioning.clientPublic())));
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, provisioning.sharedPoint(), header, nonce, plaintext);
        int end = sealed.length - TAG_BYTES;
        return String.join(
                ".",
                header,
                "",
                Base64Url.encode(nonce),
                Base64Url.encode(Arrays.copyOf(sealed, end)),
                Base64Url.encode(Arrays.copyOfRange(sealed, end, sealed.length)));
    }

    private static ObjectNode header(Advertisement advertisement, String url, PublicJwk serverKey, EcPoint client) {
        ObjectNode members = StrictJson.object();
        members.put("alg", "ECDH-ES").put("enc", "A256GCM").put("kid", serverKey.kid());
        members.putObject("epk")
                .put("crv", client.curve().crv())
                .put("kty", "EC")
                .put("x", Base64Url.encode(client.x()))
                .put("y", Base64Url.encode(client.y()));
        members.putObject("clevis")
                .put("pin", "tang")
                .putObject("tang")
                .put("url", url)
                .set("adv", StrictJson.parse(advertisement.keySet()).orElseThrow());
        return members;
    }

    /**
     * Reads the pin from a JWE and decrypts nothing.
     *
     * @param jwe the compact form; white space around it is ignored
     * @return the pin
     * @throws InvalidJweException if it is not a JWE of the tang pin, or its key set lacks the key that it names
     */
    public static TangPin parse(String jwe) throws InvalidJweException {
        String[] parts = jwe.strip().split("\\.", -1);
        if (parts.length != 5 || !parts[1].isEmpty()) {
            throw new InvalidJweException("not a compact JWE with an agreed key");
        }
        byte[] nonce = decode(parts[2]);
        byte[] content = decode(parts[3]);
        byte[] tag = decode(parts[4]);
        if (nonce.length != NONCE_BYTES || tag.length != TAG_BYTES) {
            throw new InvalidJweException("nonce or tag has the wrong length");
        }
        byte[] ciphertext = Arrays.copyOf(content, content.length + TAG_BYTES);
        System.arraycopy(tag, 0, ciphertext, content.length, TAG_BYTES);
        JsonNode members = StrictJson.parse(decode(parts[0]))
                .orElseThrow(() -> new InvalidJweException("protected header is not JSON"));
        return of(parts[0], members, nonce, ciphertext);
    }

    private static TangPin of(String header, JsonNode members, byte[] nonce, byte[] ciphertext)
            throws InvalidJweException {
        JsonNode clevis = members.path("clevis");
        if (!"ECDH-ES".equals(StrictJson.text(members, "alg"))
                || !"A256GCM".equals(StrictJson.text(members, "enc"))
                || !"tang".equals(StrictJson.text(clevis, "pin"))
                || members.has("apu")
                || members.has("apv")
                || members.has("crit")) {
            throw new InvalidJweException("not what the tang pin writes");
        }
        String url = StrictJson.text(clevis.path("tang"), "url");
        String kid = StrictJson.text(members, "kid");
        if (url == null || kid == null) {
            throw new InvalidJweException("url or kid is missing");
        }
        PublicJwk serverKey = serverKey(clevis.path("tang").path("adv").path("keys"), kid);
        try {
            EcPoint clientPublic =
                    JwkPoint.parse(members.path("epk"), serverKey.point().curve());
            return new TangPin(header, url, kid, serverKey, clientPublic, nonce, ciphertext);
        } catch (InvalidPointException e) {
            InvalidJweException refusal = new InvalidJweException("epk: " + e.getMessage());
            refusal.initCause(e);
            throw refusal;
        }
    }

    /** Parses only the key that the JWE is bound to: the set's other keys may be of unknown kinds. */
    private static PublicJwk serverKey(JsonNode keys, String kid) throws InvalidJweException {
        InvalidJweException refusal = new InvalidJweException("the key set has no exchange key with this kid");
        for (JsonNode jwk : keys) {
            if (StrictJson.lists(jwk, "key_ops", "deriveKey")) {
                try {
                    PublicJwk key = PublicJwk.parseAsWritten(StrictJson.compact(jwk));
                    if (key.kid().equals(kid)
                            || key.thumbprint(ThumbprintAlgorithm.S1).equals(kid)) {
                        return key;
                    }
                } catch (InvalidKeyException e) {
                    refusal.addSuppressed(e);
                }
            }
        }
        throw refusal;
    }

    /** The server's base URL, as it was given when the secret was encrypted. */
    public String url() {
        return url;
    }

    /** The S256 thumbprint that selects the server's exchange key. */
    public String kid() {
        return kid;
    }

    /** The server's exchange key. */
    public PublicJwk serverKey() {
        return serverKey;
    }

    /** The curve of the exchange. */
    public Curve curve() {
        return serverKey.point().curve();
    }

    /**
     * Decrypts the secret, with one request to the server.
     *
     * @param server reaches {@link #url()}
     * @param exchange the client half of the exchange
     * @return the secret; the caller wipes it
     * @throws IOException if the server cannot be reached
     * @throws GeneralSecurityException if its answer is no point of this curve; {@link
     *     javax.crypto.AEADBadTagException} if it is a wrong point, or the JWE was altered
     */
    public byte[] decrypt(Server server, McCallumRelyea exchange) throws IOException, GeneralSecurityException {
        try (Recovery recovery = exchange.blind(clientPublic)) {
            byte[] reply = server.recover(RecoveryRequest.encode(recovery.request()));
            EcPoint shared = recovery.recover(serverKey.point(), RecoveryReply.parse(reply, curve()));
            return crypt(Cipher.DECRYPT_MODE, shared, header, nonce, ciphertext);
        }
    }

    private static byte[] crypt(int mode, EcPoint shared, String header, byte[] nonce, byte[] input)
            throws GeneralSecurityException {
        byte[] key = contentKey(shared);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
            cipher.updateAAD(header.getBytes(StandardCharsets.US_ASCII));
            return cipher.doFinal(input);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Concat KDF for A256GCM without party names (RFC 7518, section 4.6.2): one round of SHA-256 is enough. */
    private static byte[] contentKey(EcPoint shared) throws GeneralSecurityException {
        byte[] name = "A256GCM".getBytes(StandardCharsets.US_ASCII);
        byte[] secret = shared.x();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (byte[] part : List.of(
                new byte[] {0, 0, 0, 1},
                secret,
                new byte[] {0, 0, 0, (byte) name.length},
                name,
                new byte[8],
                new byte[] {0, 0, 1, 0})) {
            digest.update(part);
        }
        Arrays.fill(secret, (byte) 0);
        return digest.digest();
    }

    private static byte[] decode(String part) throws InvalidJweException {
        return Base64Url.decode(part).orElseThrow(() -> new InvalidJweException("a part is not base64url"));
    }
}
