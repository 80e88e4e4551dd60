package io.panocrypt.standalone.storage;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;

/**
 * Describes in one line why the driver does not trust a PostgreSQL server, and which part of {@code --jdbc-url} to
 * change.
 */
final class TlsFault {
    /** For a certificate of another host the driver's message contains the name of its verifier, in every language. */
    private static final String VERIFIER = "PgjdbcHostnameVerifier";

    private static final String ISSUER =
            "name the file with its issuer's certificate by sslrootcert=FILE in --jdbc-url";

    private TlsFault() {}

    /** Describes the fault; empty if it may be temporary. */
    static Optional<String> describe(Throwable fault) {
        if (has(fault, SSLException.class)) {
            return handshake(fault);
        }
        if (has(fault, FileNotFoundException.class) || has(fault, GeneralSecurityException.class)) {
            return Optional.of(fault.getMessage() + " To check the database's certificate, " + ISSUER);
        }
        return isOtherName(fault)
                ? Optional.of(
                        "the database's certificate is for another name; write in --jdbc-url a host name that it has")
                : Optional.empty();
    }

    private static Optional<String> handshake(Throwable fault) {
        if (has(fault, EOFException.class)) {
            // A stopping server also aborts handshakes.
            return Optional.empty();
        }
        if (has(fault, CertificateExpiredException.class) || has(fault, CertificateNotYetValidException.class)) {
            return Optional.of("the database's certificate is not valid now; renew it, or set this machine's clock");
        }
        if (has(fault, CertPathBuilderException.class) || has(fault, CertPathValidatorException.class)) {
            return Optional.of("the issuer of the database's certificate is not known here; " + ISSUER);
        }
        return Optional.of("no TLS session with the database: " + fault.getMessage());
    }

    private static boolean isOtherName(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException
                    && String.valueOf(cause.getMessage()).contains(VERIFIER)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Throwable fault, Class<? extends Throwable> type) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
