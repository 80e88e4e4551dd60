package io.panocrypt.policy.internal;

import io.panocrypt.policy.internal.masterkey.KeyRewrap;
import io.panocrypt.policy.internal.masterkey.RunningNodes;
import io.panocrypt.policy.internal.resilience.OutageLog;
import java.time.Duration;
import java.util.Optional;

/** The part of a service that watches which master keys its site needs, and replaces them. Thread-safe. */
public final class MasterKeyWing {
    private static final System.Logger LOG = System.getLogger(MasterKeyWing.class.getName());

    private final KeyRewrap rewrap;
    private final RunningNodes nodes;
    private volatile Optional<String> problem = Optional.empty();

    private MasterKeyWing(KeyRewrap rewrap, RunningNodes nodes) {
        this.rewrap = rewrap;
        this.nodes = nodes;
    }

    /** @param interval how often {@link #watch} will be called */
    public static MasterKeyWing of(Foundation base, Duration interval) {
        RunningNodes nodes = new RunningNodes(
                base.store(), base.clock(), base.custody(), base.ids().next(), interval);
        return new MasterKeyWing(
                new KeyRewrap(base.store(), base.clock(), base.custody(), base.editor(), nodes), nodes);
    }

    public KeyRewrap rewrap() {
        return rewrap;
    }

    /**
     * Announces this node. A failure of the store is logged, because a node must start while its store takes no writes.
     *
     * @throws IllegalStateException if a re-wrap has begun since the site was opened, and this node lacks a master key
     */
    public void announce() {
        orLog("this node could not be announced; it tries again", nodes::announce);
        // A re-wrap that begins now sees the announcement; one that began before it is seen here.
        orLog("the site's master key could not be read", this::check);
        problem.ifPresent(missing -> {
            withdraw();
            throw new IllegalStateException(missing);
        });
    }

    private static void orLog(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            OutageLog.logFailure(LOG, what, e);
        }
    }

    private void check() {
        problem = rewrap.problem();
    }

    /** Announces this node, checks that it has the site's master keys, and continues a re-wrap. */
    public void watch() {
        try {
            nodes.announce();
        } finally {
            check();
        }
        rewrap.pass();
    }

    /** Removes this node from the running ones. */
    public void withdraw() {
        try {
            nodes.withdraw();
        } catch (RuntimeException e) {
            // It counts as running for some minutes more, which only delays a re-wrap.
            LOG.log(System.Logger.Level.DEBUG, "this node could not be withdrawn", e);
        }
    }

    /** Why this node cannot serve the site, as of the last {@link #watch}; empty if it can. */
    public Optional<String> unreadyReason() {
        return problem;
    }
}
