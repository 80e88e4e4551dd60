package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The store's clock as a node knows it: the node's clock plus the last known offset of the server.
 *
 * <p>The offset is measured again after one second, or when the node's clock was set back. If the server does not
 * answer, the last known offset is used: it never throws. Thread-safe; one thread asks the server, and the others do
 * not wait for it.
 */
final class ServerClock implements InstantSource {
    private static final Duration CONFIDENCE = Duration.ofSeconds(1);

    private final InstantSource own;
    private final InstantSource server;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Finding latest;

    /** The offset of the server's clock at that time of the node's clock. */
    private record Finding(Instant time, Duration difference) {}

    /** @throws StoreException if the server does not answer the first question */
    ServerClock(InstantSource own, InstantSource server) {
        this.own = own;
        this.server = server;
        this.latest = compare();
    }

    @Override
    public Instant instant() {
        if (isOld(latest) && asking.tryLock()) {
            try {
                latest = compare();
            } catch (StoreException away) {
                latest = new Finding(own.instant(), latest.difference);
            } finally {
                asking.unlock();
            }
        }
        return own.instant().plus(latest.difference);
    }

    private boolean isOld(Finding finding) {
        Instant now = own.instant();
        return now.isBefore(finding.time) || now.isAfter(finding.time.plus(CONFIDENCE));
    }

    private Finding compare() {
        Instant shown = server.instant();
        Instant now = own.instant();
        return new Finding(now, Duration.between(now, shown));
    }
}
