package io.panocrypt.standalone.web;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Limits the memory held for slow peers. Above the limit the peers that have been waited for the longest are cut off.
 *
 * <p>An honest peer sends or reads everything within moments, so it is never the oldest. Thread-safe.
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
     * Creates a budget.
     *
     * @param what is held, for the log
     * @param max the limit in bytes
     */
    public BufferBudget(String what, long max) {
        this.what = what;
        this.max = max;
    }

    /** Memory held for one peer until it is released. */
    public final class Lease {
        private final Runnable cut;
        private long bytes;
        private long since = System.nanoTime();
        private boolean isKept;

        private Lease(Runnable cut) {
            this.cut = cut;
        }

        /** Sets how many bytes are held now. */
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

        /** Marks the memory as not waiting for a slow peer: it still counts, but is not cut off. */
        public void keep() {
            synchronized (BufferBudget.this) {
                isKept = leases.remove(this);
            }
        }

        /** Restarts the peer's time after activity. */
        void touch() {
            synchronized (BufferBudget.this) {
                since = System.nanoTime();
            }
        }

        /** Releases the memory. */
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
     * Starts holding memory for a peer.
     *
     * @param cut called at most once, on any thread, to cut this peer off; must neither block nor call its lease
     */
    public Lease lease(Runnable cut) {
        Lease lease = new Lease(cut);
        synchronized (this) {
            leases.add(lease);
        }
        return lease;
    }

    /** Cuts off all peers that have been waited for longer than the timeout. */
    public void cutOverdue(long now, long timeoutNanos) {
        List<Lease> ended = take(lease -> now - lease.since > timeoutNanos);
        ended.forEach(lease -> lease.cut.run());
    }

    private synchronized List<Lease> take(Predicate<Lease> which) {
        List<Lease> taken = leases.stream().filter(which).toList();
        taken.forEach(this::remove);
        return taken;
    }

    /** The bytes held now. */
    public synchronized long total() {
        return total;
    }
}
