package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the login to a token: logs in when it is first needed, and once more when something fails.
 *
 * <p>A refused PIN ends it for good, because a token locks itself after some wrong ones. Thread-safe.
 */
final class TokenSupervisor {
    static final String ABSENT =
            "the hardware token is not there: connect it, or correct its name in the URI;" + " then restart";
    static final String PIN_LOCKED = "the PIN of the hardware token is locked: let its security officer set a new one,"
            + " write it to the PIN file, then restart";
    static final String PIN_REFUSED =
            "the hardware token refused the PIN, which is not tried again:" + " correct the PIN file, then restart";
    static final String FAILED = "the hardware token does not answer: check that it is connected and that its module"
            + " works; restart if that does not help";
    /** Without need, the token is asked no more often than this. */
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(TokenSupervisor.class.getName());

    private final Pkcs11Uri uri;
    private final PinFile pin;
    private final SecureRandom random;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Pkcs11Slot slot;
    private volatile @Nullable Pkcs11Token token;
    private volatile long opened;
    private volatile @Nullable String closed;
    private volatile Status status;

    /** How the token did when it was last asked. */
    private record Status(Optional<String> unreadyReason, long at) {}

    TokenSupervisor(Pkcs11Uri uri, SecureRandom random, LongSupplier nanoTime) {
        this.uri = uri;
        this.pin = new PinFile(uri.pinFile());
        this.random = random;
        this.nanoTime = nanoTime;
        this.status = new Status(Optional.empty(), nanoTime.getAsLong() - INTERVAL.toNanos());
    }

    /** What is done with a token. */
    interface Operation<T> {
        T on(Pkcs11Token token) throws GeneralSecurityException;
    }

    /**
     * Does an operation, and does it once more after a new login if it fails.
     *
     * @throws CustodyException if it fails again, or no login is possible
     */
    <T> T use(Operation<T> operation) {
        Pkcs11Token used = current();
        try {
            return succeeded(operation.on(used));
        } catch (CustodyException e) {
            throw e;
        } catch (UnrecoverableKeyException e) {
            // Another node may have made the key after this one read the list.
            if (!isOld(opened)) {
                throw new CustodyException("the hardware token has no such key", e);
            }
            return again(operation, replace(used));
        } catch (GeneralSecurityException | RuntimeException e) {
            return again(operation, replace(used));
        }
    }

    /** What is removed from a token. */
    interface Removal {
        /** @throws UnrecoverableKeyException if it is not there */
        void from(Pkcs11Token token) throws GeneralSecurityException;
    }

    /**
     * Removes something, with one new login if it fails or is not there: the list may be older than what is removed.
     *
     * @throws CustodyException if it fails again, or no login is possible
     */
    void remove(Removal removal) {
        Pkcs11Token used = current();
        try {
            removal.from(used);
            succeeded(used);
        } catch (CustodyException e) {
            throw e;
        } catch (GeneralSecurityException | RuntimeException e) {
            again(
                    healed -> {
                        try {
                            removal.from(healed);
                        } catch (UnrecoverableKeyException absent) {
                            return false;
                        }
                        return true;
                    },
                    replace(used));
        }
    }

    /** The reason of the last failure, asking the token if that was not done just now. */
    Optional<String> unreadyReason(Operation<?> probe) {
        if (closed == null && isOld(status.at())) {
            try {
                use(probe);
            } catch (CustodyException e) {
                failed(e);
            }
        }
        String reason = closed;
        return reason == null ? status.unreadyReason() : Optional.of(reason);
    }

    private <T> T again(Operation<T> operation, Pkcs11Token healed) {
        try {
            return succeeded(operation.on(healed));
        } catch (CustodyException e) {
            throw e;
        } catch (UnrecoverableKeyException e) {
            throw new CustodyException("the hardware token has no such key", e);
        } catch (GeneralSecurityException | RuntimeException e) {
            failed(e);
            throw new CustodyException("the hardware token failed", e);
        }
    }

    private Pkcs11Token current() {
        Pkcs11Token current = token;
        return current == null ? replace(null) : current;
    }

    /** Logs in again, unless another thread has just done so. */
    private Pkcs11Token replace(@Nullable Pkcs11Token failed) {
        lock.lock();
        try {
            Pkcs11Token current = token;
            if (current != null && current != failed) {
                return current;
            }
            refuseUnlessDue(failed);
            token = null;
            Pkcs11Token fresh = open();
            opened = nanoTime.getAsLong();
            token = fresh;
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    /** While the login fails, requests do not repeat it one after the other. */
    private void refuseUnlessDue(@Nullable Pkcs11Token failed) {
        String reason = closed;
        if (reason != null) {
            throw new CustodyException(reason, null);
        }
        boolean fails = status.unreadyReason().isPresent();
        if (fails && token == null && !isOld(status.at())) {
            throw new CustodyException(FAILED, null);
        }
    }

    private Pkcs11Token open() {
        try {
            Pkcs11Slot known = slot;
            if (known == null) {
                known = Pkcs11Slot.find(uri).orElseThrow(() -> close(ABSENT, null));
                slot = known;
            }
            return Pkcs11Token.open(known, pin, random);
        } catch (CustodyException e) {
            throw e;
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            Optional<String> refusal = LoginRefusal.of(e);
            if (refusal.isPresent()) {
                throw close(refusal.get(), e);
            }
            failed(e);
            throw new CustodyException(FAILED, e);
        }
    }

    private CustodyException close(String reason, @Nullable Throwable cause) {
        closed = reason;
        LOG.log(System.Logger.Level.ERROR, reason);
        LOG.log(System.Logger.Level.DEBUG, "the cause of the token's refusal", cause);
        return new CustodyException(reason, cause);
    }

    private <T> T succeeded(T result) {
        if (status.unreadyReason().isPresent()) {
            LOG.log(System.Logger.Level.INFO, "the hardware token works again");
        }
        status = new Status(Optional.empty(), nanoTime.getAsLong());
        return result;
    }

    /** Logs the first failure of an outage only. */
    private void failed(Throwable cause) {
        if (closed == null && status.unreadyReason().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, FAILED);
            LOG.log(System.Logger.Level.DEBUG, "the cause of the token's failure", cause);
        }
        status = new Status(Optional.of(FAILED), nanoTime.getAsLong());
    }

    private boolean isOld(long time) {
        return nanoTime.getAsLong() - time >= INTERVAL.toNanos();
    }
}
