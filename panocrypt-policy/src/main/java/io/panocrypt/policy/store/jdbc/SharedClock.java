package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The database server's clock as a node knows it: the node's own clock plus the last known offset. The offset is
 * renewed when the node's clock is a second further, or has been set back.
 *
 * <p>If the server does not answer, the last known offset is used. Thread-safe.
 */
final class SharedClock implements InstantSource {
    private static final System.Logger LOG = System.getLogger(SharedClock.class.getName());

    private static final Duration CONFIDENCE = Duration.ofSeconds(1);

    private final InstantSource own;
    private final InstantSource server;

    /** No monitor, because a virtual thread that waits in one for the server would block its carrier. */
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable Known known;

    /** The server's offset, and when the server was asked. */
    private record Known(Instant asked, Duration difference) {
        boolean isFresh(Instant now) {
            return !now.isBefore(asked) && !now.isAfter(asked.plus(CONFIDENCE));
        }
    }

    SharedClock(InstantSource own, InstantSource server) {
        this.own = own;
        this.server = server;
    }

    @Override
    public Instant instant() {
        Known latest = known;
        if (latest == null || !latest.isFresh(own.instant())) {
            latest = renewed(latest);
        }
        return own.instant().plus(latest.difference());
    }

    /** While one thread asks a slow server, the others use its last answer. */
    private Known renewed(@Nullable Known old) {
        if (old == null) {
            asking.lock();
        } else if (!asking.tryLock()) {
            return old;
        }
        try {
            Known latest = known;
            return latest != null && latest.isFresh(own.instant()) ? latest : ask(latest);
        } finally {
            asking.unlock();
        }
    }

    /**
     * Reads the own clock last: the time of the query then counts as no offset, and a grant ends too early rather than
     * too late.
     */
    private Known ask(@Nullable Known old) {
        Duration difference = old == null ? Duration.ZERO : old.difference();
        try {
            Instant answer = server.instant();
            difference = Duration.between(own.instant(), answer);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read the database server's clock", e);
        }
        Known found = new Known(own.instant(), difference);
        known = found;
        return found;
    }
}
