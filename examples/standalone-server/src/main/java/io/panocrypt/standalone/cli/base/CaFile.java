package io.panocrypt.standalone.cli.base;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Trusted certificates in PEM for https servers, instead of those that Java ships. */
public final class CaFile {
    private CaFile() {}

    /** A TLS client context that trusts these certificates and all that they have signed. */
    public static SSLContext trusted(Path file) throws CommandFailure {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate : certificates(file)) {
                if (isValidNow(certificate)) {
                    store.setCertificateEntry("ca-" + count++, certificate);
                }
            }
            if (count == 0) {
                throw CommandFailure.usage("--ca: every certificate in " + file + " has expired, or is not valid yet");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("--ca: there is no file " + file);
        } catch (IOException e) {
            throw CommandFailure.usage("--ca: " + file + " cannot be read");
        } catch (GeneralSecurityException e) {
            throw CommandFailure.usage("--ca: " + file + " does not hold certificates in PEM");
        }
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            return found;
        }
    }

    /**
     * Checks the dates here: the JDK does not check them for a trusted certificate, such as a self-signed server
     * certificate.
     */
    private static boolean isValidNow(Certificate certificate) {
        try {
            if (certificate instanceof X509Certificate dated) {
                dated.checkValidity();
            }
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            return false;
        }
    }
}
