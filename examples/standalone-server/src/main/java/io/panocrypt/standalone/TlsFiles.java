package io.panocrypt.standalone;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A certificate chain and its private key in PEM files, which are read again when they change. */
final class TlsFiles {
    private static final System.Logger LOG = System.getLogger(TlsFiles.class.getName());
    /** RFC 7468 section 10. */
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA");

    private final Path certificates;
    private final Path key;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private List<Object> loadedState;

    TlsFiles(Path certificates, Path key) {
        this.certificates = certificates;
        this.key = key;
        try {
            loadedState = state();
            use(factory, load());
        } catch (IOException | GeneralSecurityException e) {
            throw new StartupException("cannot use the TLS files: " + e.getMessage(), e);
        }
    }

    SslContextFactory.Server contextFactory() {
        return factory;
    }

    /** Reads the files again if they have changed; what was read last stays in use while they are not whole. */
    synchronized void reloadIfChanged() {
        try {
            List<Object> now = state();
            if (!now.equals(loadedState)) {
                KeyStore store = load();
                factory.reload(changed -> use(changed, store));
                loadedState = now;
                LOG.log(System.Logger.Level.INFO, "TLS files read again");
            }
        } catch (Exception e) {
            LOG.log(System.Logger.Level.ERROR, "TLS files have changed and cannot be used: " + e.getMessage());
        }
    }

    private static void use(SslContextFactory target, KeyStore store) {
        target.setKeyStore(store);
        target.setKeyStorePassword("");
    }

    private List<Object> state() throws IOException {
        return List.of(
                Files.getLastModifiedTime(certificates),
                Files.size(certificates),
                Files.getLastModifiedTime(key),
                Files.size(key));
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        Certificate[] chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificates)))
                .toArray(Certificate[]::new);
        if (chain.length == 0) {
            throw new GeneralSecurityException(certificates + " holds no certificate");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", privateKey(), new char[0], chain);
        return store;
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        Matcher pem = PKCS8.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new GeneralSecurityException(key + " holds no PKCS #8 key (BEGIN PRIVATE KEY); openssl pkcs8 -topk8"
                    + " -nocrypt converts other forms");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
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
        throw new GeneralSecurityException(key + " holds a key that is none of " + KEY_TYPES);
    }
}
