package io.panocrypt.standalone.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A certificate chain, the server's certificate first, and the matching private key. */
final class TlsPair {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final int unused;

    private TlsPair(List<X509Certificate> chain, PrivateKey key, int unused) {
        this.chain = chain;
        this.key = key;
        this.unused = unused;
    }

    /** @throws GeneralSecurityException if they do not match or cannot be read; the message names the file */
    static TlsPair read(Path certificateFile, Path keyFile) throws GeneralSecurityException {
        String certificates = text(certificateFile);
        String pem = text(keyFile);
        List<X509Certificate> found = parse(certificates, certificateFile);
        PrivateKey key;
        try {
            key = PemKey.parse(pem);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(keyFile + ": " + e.getMessage(), e);
        }
        requirePair(found, key, certificateFile, keyFile);
        List<X509Certificate> chain = chain(found);
        return new TlsPair(chain, key, found.size() - chain.size());
    }

    private static String text(Path file) throws GeneralSecurityException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new GeneralSecurityException(
                    file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private static List<X509Certificate> parse(String pem, Path file) throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Matcher block = CERTIFICATE.matcher(pem);
        while (block.find()) {
            byte[] encoded = block.group().getBytes(StandardCharsets.US_ASCII);
            try {
                found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded)));
            } catch (CertificateException e) {
                throw new GeneralSecurityException(file + ": certificate " + (found.size() + 1) + " is damaged", e);
            }
        }
        if (found.isEmpty()) {
            throw new GeneralSecurityException(file + " holds no certificate in PEM (BEGIN CERTIFICATE)");
        }
        return found;
    }

    private static void requirePair(List<X509Certificate> found, PrivateKey key, Path certificateFile, Path keyFile)
            throws GeneralSecurityException {
        for (int i = 0; i < found.size(); i++) {
            if (belongTogether(found.get(i).getPublicKey(), key)) {
                if (i > 0) {
                    throw new GeneralSecurityException(certificateFile + ": the certificate of the key is number "
                            + (i + 1) + ", and must be the first");
                }
                return;
            }
        }
        throw new GeneralSecurityException("the key in " + keyFile + " does not belong to the certificate in "
                + certificateFile + " (" + name(found.get(0)) + ")");
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey key) throws GeneralSecurityException {
        if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> key.getAlgorithm();
                });
        byte[] text = "a proof that both halves belong together".getBytes(StandardCharsets.US_ASCII);
        try {
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // The key has another curve or length.
            return false;
        }
    }

    /** Orders the certificates from the server's to the last issuer found, whatever their order in the file. */
    private static List<X509Certificate> chain(List<X509Certificate> found) {
        List<X509Certificate> chain = new ArrayList<>(List.of(found.get(0)));
        List<X509Certificate> rest = new ArrayList<>(found.subList(1, found.size()));
        for (int i = 0; i < chain.size(); i++) {
            X509Certificate last = chain.get(i);
            rest.stream()
                    .filter(candidate -> isIssuer(candidate, last))
                    .findFirst()
                    .ifPresent(issuer -> {
                        chain.add(issuer);
                        rest.remove(issuer);
                    });
        }
        return List.copyOf(chain);
    }

    private static boolean isIssuer(X509Certificate candidate, X509Certificate of) {
        if (!candidate.getSubjectX500Principal().equals(of.getIssuerX500Principal())) {
            return false;
        }
        try {
            of.verify(candidate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName() + ", serial "
                + certificate.getSerialNumber().toString(16);
    }

    /** A key store with an empty password. */
    KeyStore keyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", key, new char[0], chain.toArray(X509Certificate[]::new));
        return store;
    }

    /** How many certificates of the file are not sent, because they are not in the chain. */
    int unused() {
        return unused;
    }

    /** The earliest expiry of the chain's certificates. */
    Instant expiry() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The time from which all certificates of the chain are valid. */
    Instant validFrom() {
        return chain.stream()
                .map(certificate -> certificate.getNotBefore().toInstant())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    boolean isValid(Instant now) {
        return !now.isBefore(validFrom()) && now.isBefore(expiry());
    }

    /** Compares the chains only, since a chain has just one key. */
    boolean sameAs(TlsPair other) {
        return chain.equals(other.chain);
    }

    /** The server's certificate. */
    @Override
    public String toString() {
        return name(chain.get(0));
    }
}
