package io.panocrypt.standalone.web;

import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its private key in PEM files. Uses the files' current content if it is a valid pair, else the
 * last valid content. Use one object per pair of files. Thread-safe.
 */
public final class TlsFiles {
    private static final System.Logger LOG = System.getLogger(TlsFiles.class.getName());
    private static final int[] WARN_DAYS = {1, 7, 14, 30};
    private static final long SILENT = Long.MAX_VALUE;
    private static final long NOT_YET_VALID = Long.MAX_VALUE - 1;

    private final Path certificates;
    private final Path key;
    private final InstantSource clock;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private volatile TlsPair current;
    private long warned = SILENT;
    private @Nullable String complaint;

    /** @throws StartupException if they are not a usable pair */
    public TlsFiles(Path certificates, Path key, InstantSource clock) {
        this.certificates = certificates;
        this.key = key;
        this.clock = clock;
        try {
            current = TlsPair.read(certificates, key);
            use(factory, current.keyStore());
        } catch (IOException | GeneralSecurityException e) {
            throw new StartupException("cannot use the TLS files: " + e.getMessage(), e);
        }
        warnOfUnused();
        warnOfExpiry();
    }

    SslContextFactory.Server contextFactory() {
        return factory;
    }

    /** The earliest expiry of the certificates in use. */
    public Instant expiry() {
        return current.expiry();
    }

    /** Reads the files again, uses a new valid pair, and warns before a certificate expires. */
    public synchronized void check() {
        try {
            TlsPair next = TlsPair.read(certificates, key);
            if (!next.sameAs(current)) {
                requireBetter(next);
                replaceBy(next);
            }
            complaint = null;
        } catch (Exception e) {
            complain(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
        warnOfExpiry();
    }

    private void requireBetter(TlsPair next) throws GeneralSecurityException {
        Instant now = clock.instant();
        if (current.isValid(now) && !next.isValid(now)) {
            throw new GeneralSecurityException("the certificate in " + certificates + " is valid from "
                    + next.validFrom() + " to " + next.expiry());
        }
    }

    private void replaceBy(TlsPair next) throws Exception {
        KeyStore store = next.keyStore();
        try {
            factory.reload(changed -> use(changed, store));
        } catch (Exception e) {
            KeyStore before = current.keyStore();
            factory.reload(changed -> use(changed, before));
            throw e;
        }
        current = next;
        warned = SILENT;
        LOG.log(System.Logger.Level.INFO, "new certificate in use: {0}, valid to {1}", next, next.expiry());
        warnOfUnused();
    }

    /** Logs a fault only if its message differs from the last one since the files were valid: it may last for days. */
    private void complain(String message) {
        if (!message.equals(complaint)) {
            complaint = message;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the changed TLS files cannot be used, the previous certificate stays in use: {0}",
                    message);
        }
    }

    private static void use(SslContextFactory target, KeyStore store) {
        target.setKeyStore(store);
        target.setKeyStorePassword("");
    }

    private void warnOfUnused() {
        if (current.unused() > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1} of its certificates are not sent, since they are not issuers of the first one",
                    certificates,
                    current.unused());
        }
    }

    private void warnOfExpiry() {
        long stage = stage(clock.instant());
        if (stage == warned) {
            return;
        }
        warned = stage;
        if (stage == NOT_YET_VALID) {
            LOG.log(System.Logger.Level.ERROR, "{0} is not valid before {1}", certificates, current.validFrom());
        } else if (stage <= 0) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0} has expired at {1}: clients refuse it, put a new one there",
                    certificates,
                    current.expiry());
        } else if (stage != SILENT) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} expires in less than {1} days, at {2}",
                    certificates,
                    stage,
                    current.expiry());
        }
    }

    /**
     * A number that changes whenever a new warning is due: the threshold of remaining days, or the days since expiry.
     */
    private long stage(Instant now) {
        if (now.isBefore(current.validFrom())) {
            return NOT_YET_VALID;
        }
        Duration left = Duration.between(now, current.expiry());
        if (left.isNegative() || left.isZero()) {
            return left.toDays();
        }
        for (int days : WARN_DAYS) {
            if (left.compareTo(Duration.ofDays(days)) < 0) {
                return days;
            }
        }
        return SILENT;
    }
}
