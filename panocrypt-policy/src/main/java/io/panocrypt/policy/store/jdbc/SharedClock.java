package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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

    private volatile @Nullable Known known;

    /** What the server's clock was off when it was asked. */
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

    /** While one asks a server that takes its time, the others go by what it said last. */
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

    /** The own clock is read last: what it took to ask is no difference, and a grant rather ends early than late. */
    private Known ask(@Nullable Known old) {
        Duration difference = old == null ? Duration.ZERO : old.difference();
        try {
            Instant answer = server.instant();
            difference = Duration.between(own.instant(), answer);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the server's clock is not to be had", e);
        }
        Known found = new Known(own.instant(), difference);
        known = found;
        return found;
    }
}
