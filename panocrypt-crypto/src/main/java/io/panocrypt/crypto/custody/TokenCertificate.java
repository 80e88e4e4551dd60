package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/**
 * Makes the self-signed certificate (RFC 5280) that lies beside each key in a token.
 *
 * <p>The JDK finds no private key without one. Here it serves one more purpose: it proves, without use of the private
 * key, which public key belongs to it.
 */
final class TokenCertificate {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OID = 0x06;
    private static final int UTF8_STRING = 0x0c;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int VERSION = 0xa0;
    private static final byte[] V3 = {INTEGER, 1, 2};
    private static final byte[] COMMON_NAME = {0x55, 4, 3};
    private static final int SERIAL_BYTES = 16;

    private TokenCertificate() {}

    /** A certificate for the key, signed by the key itself, which never expires (RFC 5280, section 4.1.2.5). */
    static X509Certificate of(PrivateKey key, EcPoint point, Provider provider, SecureRandom random)
            throws GeneralSecurityException {
        byte[] algorithm = der(SEQUENCE, der(OID, signatureOid(point.curve())));
        byte[] body = body(point, algorithm, random);
        Signature signer = Signature.getInstance(signatureName(point.curve()), provider);
        signer.initSign(key);
        signer.update(body);
        byte[] signature = join(new byte[1], signer.sign());
        byte[] encoded = der(SEQUENCE, body, algorithm, der(BIT_STRING, signature));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] body(EcPoint point, byte[] algorithm, SecureRandom random) {
        byte[] serial = new byte[SERIAL_BYTES];
        random.nextBytes(serial);
        // Positive, and without a leading zero byte.
        serial[0] = 1;
        byte[] name =
                der(SEQUENCE, der(SET, der(SEQUENCE, der(OID, COMMON_NAME), der(UTF8_STRING, ascii("panocrypt")))));
        byte[] validity = der(
                SEQUENCE,
                der(GENERALIZED_TIME, ascii("20200101000000Z")),
                der(GENERALIZED_TIME, ascii("99991231235959Z")));
        return der(
                SEQUENCE,
                der(VERSION, V3),
                der(INTEGER, serial),
                algorithm,
                name,
                validity,
                name,
                point.toJcaPublicKey().getEncoded());
    }

    private static String signatureName(Curve curve) {
        return switch (curve) {
            case P_256 -> "SHA256withECDSA";
            case P_384 -> "SHA384withECDSA";
            case P_521 -> "SHA512withECDSA";
        };
    }

    /** ecdsa-with-SHA256, -SHA384 and -SHA512: 1.2.840.10045.4.3.2 to 4 (RFC 5758, section 3.2). */
    private static byte[] signatureOid(Curve curve) {
        byte last = (byte) (2 + curve.ordinal());
        return new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, last};
    }

    private static byte[] der(int tag, byte[]... parts) {
        byte[] content = join(parts);
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.write(tag);
        if (content.length >= 0x100) {
            encoded.write(0x82);
            encoded.write(content.length >> 8);
        } else if (content.length >= 0x80) {
            encoded.write(0x81);
        }
        encoded.write(content.length);
        encoded.writeBytes(content);
        return encoded.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
