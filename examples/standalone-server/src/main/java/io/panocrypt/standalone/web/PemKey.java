package io.panocrypt.standalone.web;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key in PEM: PKCS #8, not encrypted (RFC 7468 section 10). */
final class PemKey {
    private static final System.Logger LOG = System.getLogger(PemKey.class.getName());
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA");

    private PemKey() {}

    /** @throws GeneralSecurityException if there is no such key in the text; the message says what to do */
    static PrivateKey parse(String pem) throws GeneralSecurityException {
        Matcher block = PKCS8.matcher(pem);
        if (!block.find()) {
            throw new GeneralSecurityException(whyNot(pem));
        }
        byte[] encoded = Base64.getMimeDecoder().decode(block.group(1));
        try {
            for (String type : KEY_TYPES) {
                try {
                    return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                } catch (InvalidKeySpecException e) {
                    LOG.log(System.Logger.Level.TRACE, "not of type " + type);
                }
            }
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
        throw new GeneralSecurityException("it holds a key that is none of " + KEY_TYPES + ", or a damaged one");
    }

    private static String whyNot(String pem) {
        if (pem.isBlank()) {
            return "it is empty";
        }
        if (pem.contains("BEGIN ENCRYPTED PRIVATE KEY") || pem.contains("Proc-Type: 4,ENCRYPTED")) {
            return "its key is encrypted; 'openssl pkey -in OLD -out NEW' takes the password off";
        }
        if (pem.contains("BEGIN RSA PRIVATE KEY") || pem.contains("BEGIN EC PRIVATE KEY")) {
            return "its key is not in PKCS #8; 'openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW' converts it";
        }
        return pem.contains("BEGIN PRIVATE KEY")
                ? "its PKCS #8 key is not whole"
                : "it holds no PKCS #8 key in PEM (BEGIN PRIVATE KEY)";
    }
}
