package io.panocrypt.policy;

import io.panocrypt.policy.internal.passkey.Base64Url;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.PasskeyRegistration;
import io.panocrypt.policy.model.passkey.RelyingParty;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A browser with an authenticator that has one credential: signs what it is given, right or wrong. */
public final class TestAuthenticator {
    public static final RelyingParty PARTY =
            new RelyingParty("example.org", List.of("https://unlock.example.org", "https://example.org:8443"));

    static final String ORIGIN = PARTY.origins().get(0);
    static final int ES256 = -7;
    static final int EDDSA = -8;
    static final int RS256 = -257;
    static final int VERIFIED = 0x05;
    static final int SYNCED = 0x1d;
    static final int ATTESTED = 0x40;

    final int algorithm;
    final KeyPair keys;
    final byte[] credentialId = new byte[24];
    /** What it says the next time. */
    String rpId = PARTY.id();

    int flags = SYNCED;
    int counter;
    byte[] extensions = {};
    /** With %s for type, challenge and origin. */
    String clientData = "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}";

    String origin = ORIGIN;

    TestAuthenticator(int algorithm, Random random) {
        this.algorithm = algorithm;
        this.keys = keys(algorithm);
        random.nextBytes(credentialId);
    }

    /** One with a P-256 key. */
    public TestAuthenticator() {
        this(ES256, TestService.RANDOM);
    }

    private static KeyPair keys(int algorithm) {
        try {
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(algorithm == ES256 ? "EC" : algorithm == EDDSA ? "Ed25519" : "RSA");
            if (algorithm == ES256) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else if (algorithm == RS256) {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String id() {
        return Base64Url.encode(credentialId);
    }

    PasskeyRegistration create(String challenge) {
        return new PasskeyRegistration(
                id(),
                Base64Url.encode(data(flags | ATTESTED, attested())),
                Base64Url.encode(clientData("webauthn.create", challenge)),
                Base64Url.encode(keys.getPublic().getEncoded()),
                algorithm);
    }

    PasskeyAssertion get(String challenge, String userHandle) {
        byte[] data = data(flags, new byte[0]);
        byte[] client = clientData("webauthn.get", challenge);
        return new PasskeyAssertion(
                id(),
                Base64Url.encode(data),
                Base64Url.encode(client),
                Base64Url.encode(sign(joined(data, sha256(client)))),
                Base64Url.encode(userHandle.getBytes(StandardCharsets.UTF_8)));
    }

    /** Registers it, with a challenge of the service. */
    public Passkey register(Panocrypt service, Member member) {
        String challenge = service.passkeys().registrationChallenge(member).challenge();
        return service.passkeys().register(member, "laptop", create(challenge));
    }

    /** Registers it by a one-time link. */
    Passkey registerByLink(Panocrypt service, Member member) {
        String link = service.passkeys().link(member.id()).secret();
        String challenge =
                service.passkeys().registrationChallenge(link).orElseThrow().challenge();
        return service.passkeys().registerByLink(link, "laptop", create(challenge));
    }

    byte[] sign(byte[] signed) {
        try {
            Signature signer = Signature.getInstance(
                    algorithm == ES256 ? "SHA256withECDSA" : algorithm == EDDSA ? "Ed25519" : "SHA256withRSA");
            signer.initSign(keys.getPrivate());
            signer.update(signed);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] clientData(String type, String challenge) {
        return clientData.formatted(type, challenge, origin).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] data(int allFlags, byte[] attested) {
        byte[] fixed = ByteBuffer.allocate(37)
                .put(sha256(rpId.getBytes(StandardCharsets.UTF_8)))
                .put((byte) allFlags)
                .putInt(counter)
                .array();
        return joined(fixed, attested, extensions);
    }

    /** The attested credential data. */
    byte[] attested() {
        byte[] aaguid = new byte[16];
        aaguid[15] = 7;
        return joined(aaguid, new byte[] {0, (byte) credentialId.length}, credentialId, cose());
    }

    /** As CTAP2 says, written independently of what reads it. */
    private byte[] cose() {
        if (keys.getPublic() instanceof ECPublicKey key) {
            return joined(
                    new byte[] {(byte) 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20},
                    fixed(key.getW().getAffineX(), 32),
                    new byte[] {0x22, 0x58, 0x20},
                    fixed(key.getW().getAffineY(), 32));
        }
        if (keys.getPublic() instanceof RSAPublicKey key) {
            return joined(
                    new byte[] {(byte) 0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00},
                    fixed(key.getModulus(), 256),
                    new byte[] {0x21, 0x43, 0x01, 0x00, 0x01});
        }
        byte[] spki = keys.getPublic().getEncoded();
        return joined(
                new byte[] {(byte) 0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20},
                Arrays.copyOfRange(spki, spki.length - 32, spki.length));
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[length];
        int sign = Math.max(0, bytes.length - length);
        System.arraycopy(bytes, sign, padded, length - (bytes.length - sign), bytes.length - sign);
        return padded;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
