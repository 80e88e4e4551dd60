package io.panocrypt.standalone.web;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Bounds the memory that is held for slow peers: over the limit those are cut off that have been waited for the longest.
 *
 * <p>What an honest peer sends or reads is whole within moments, so that it is never the oldest. Thread-safe.
 */
public final class BufferBudget {
    private static final System.Logger LOG = System.getLogger(BufferBudget.class.getName());

    private final String what;
    private final long max;
    /** The oldest first. */
    private final Set<Lease> leases = new LinkedHashSet<>();

    private final ThrottledLog log = new ThrottledLog(LOG);
    private long total;

    /**
     * A budget of its own.
     *
     * @param what is held, for the log
     * @param max in bytes
     */
    public BufferBudget(String what, long max) {
        this.what = what;
        this.max = max;
    }

    /** Memory that is held for one peer, until it is released. */
    public final class Lease {
        private final Runnable cut;
        private long bytes;
        private long since = System.nanoTime();
        private boolean isKept;

        private Lease(Runnable cut) {
            this.cut = cut;
        }

        /** Says how much is held now. */
        public void resize(long number) {
            List<Lease> ended = new ArrayList<>();
            synchronized (BufferBudget.this) {
                if (!leases.contains(this)) {
                    return;
                }
                total += number - bytes;
                bytes = number;
                while (total > max && !leases.isEmpty()) {
                    Lease oldest = leases.iterator().next();
                    remove(oldest);
                    ended.add(oldest);
                }
            }
            if (!ended.isEmpty()) {
                log.warn(what + " held more than " + max + " bytes: the oldest were cut off");
                ended.forEach(lease -> lease.cut.run());
            }
        }

        /** Says that this is not held for a slow peer any more: it still counts, but is not cut off. */
        public void keep() {
            synchronized (BufferBudget.this) {
                isKept = leases.remove(this);
            }
        }

        /** Says that the peer did something: its time begins anew. */
        void touch() {
            synchronized (BufferBudget.this) {
                since = System.nanoTime();
            }
        }

        /** Holds nothing any more. */
        public void release() {
            synchronized (BufferBudget.this) {
                remove(this);
            }
        }
    }

    private void remove(Lease lease) {
        if (leases.remove(lease) || lease.isKept) {
            lease.isKept = false;
            total -= lease.bytes;
        }
    }

    /**
     * Begins to hold something.
     *
     * @param cut called once at most, on any thread, when this one must go; must neither block nor call back into its lease
     */
    public Lease lease(Runnable cut) {
        Lease lease = new Lease(cut);
        synchronized (this) {
            leases.add(lease);
        }
        return lease;
    }

    /** Cuts off whoever has been waited for too long. */
    public void cutOverdue(long now, long timeoutNanos) {
        List<Lease> ended = take(lease -> now - lease.since > timeoutNanos);
        ended.forEach(lease -> lease.cut.run());
    }

    private synchronized List<Lease> take(Predicate<Lease> which) {
        List<Lease> taken = leases.stream().filter(which).toList();
        taken.forEach(this::remove);
        return taken;
    }

    /** What is held now, in bytes. */
    public synchronized long total() {
        return total;
    }
}
