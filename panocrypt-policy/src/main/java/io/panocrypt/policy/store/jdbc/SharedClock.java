package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The database server's clock as a node knows it: its own, moved by the difference that was found when the server was asked
 * last. It is asked again when the node's clock shows a second more, or has been set back.
 *
 * <p>While the server does not answer, the last difference serves. Thread-safe.
 */
final class SharedClock implements InstantSource {
    private static final System.Logger LOG = System.getLogger(SharedClock.class.getName());

    private static final Duration CONFIDENCE = Duration.ofSeconds(1);

    private final InstantSource own;
    private final InstantSource server;

    /** Not the object's monitor, with which a virtual thread that waits for the server would keep its carrier. */
    private final ReentrantLock asking = new ReentrantLock();

    private Instant asked = Instant.MIN;
    private Duration difference = Duration.ZERO;

    SharedClock(InstantSource own, InstantSource server) {
        this.own = own;
        this.server = server;
    }

    @Override
    public Instant instant() {
        asking.lock();
        try {
            Instant now = own.instant();
            if (now.isBefore(asked) || now.isAfter(asked.plus(CONFIDENCE))) {
                ask();
            }
            return own.instant().plus(difference);
        } finally {
            asking.unlock();
        }
    }

    /** The own clock is read last: what it took to ask is no difference, and a grant rather ends early than late. */
    private void ask() {
        try {
            Instant answer = server.instant();
            difference = Duration.between(own.instant(), answer);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the server's clock is not to be had", e);
        } finally {
            asked = own.instant();
        }
    }
}
