package io.panocrypt.policy.internal.masterkey;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.Rewrapping;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.MasterKeyStatus;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Seals all stored keys under another master key, in passes that any node may begin, repeat or interrupt. Thread-safe.
 *
 * <p>The site's record says that a re-wrap runs, and each record is replaced by compare-and-set, so an edit that comes in
 * between wins and the next pass finds its keys. A re-wrap ends after a pass that found nothing to do and began when every
 * edit that may still use the previous master key has ended.
 */
public final class KeyRewrap {
    private static final System.Logger LOG = System.getLogger(KeyRewrap.class.getName());
    /** Longer than any edit lasts that read the site before the re-wrap began. */
    private static final Duration SETTLING = Duration.ofMinutes(1);

    private static final int MAX_UNUSABLE = 100;

    private final Store store;
    private final InstantSource clock;
    private final KeyCustody custody;
    private final PolicyEditor editor;
    private final RunningNodes nodes;
    private final StoredKeys keys;

    public KeyRewrap(Store store, InstantSource clock, KeyCustody custody, PolicyEditor editor, RunningNodes nodes) {
        this.store = store;
        this.clock = clock;
        this.custody = custody;
        this.editor = editor;
        this.nodes = nodes;
        this.keys = new StoredKeys(store);
    }

    private SiteIdentity.Stored site() {
        return SiteIdentity.stored(store).orElseThrow(() -> new IllegalStateException("the site's record is gone"));
    }

    /**
     * Begins a re-wrap under this node's first master key. Does nothing if that one is running already.
     *
     * @throws OperationException {@code CONFLICT} if the site's keys are sealed under it already, if this node lacks a master
     *     key of the site, or if a running node cannot use the new one; nothing is changed
     */
    public void start(Actor actor) {
        String target = custody.fingerprint();
        SiteIdentity found = site().site();
        found.problemOf(custody).ifPresent(problem -> {
            throw conflict(problem);
        });
        if (found.custody().equals(target)) {
            if (found.previous().isEmpty()) {
                throw conflict("the site's master key is the first one of this node already (fingerprint " + target
                        + "): start every node with the new master key first and the old one as a previous one");
            }
            return;
        }
        refuseUnable(target);
        change(actor, "site.prepare-rewrap", target, site -> site.preparedFor(target, clock.instant()));
        try {
            // A node that has started in between has either read the prepared site, or is found here.
            refuseUnable(target);
        } catch (OperationException e) {
            change(Actor.SERVICE, "site.cancel-rewrap", target, site -> site.without(target));
            throw e;
        }
        change(actor, "site.rewrap", target, site -> site.movingTo(target, clock.instant()));
    }

    private void change(Actor actor, String action, String target, UnaryOperator<SiteIdentity> change) {
        editor.retrying(this::site, stored -> {
            SiteIdentity after = change.apply(stored.site());
            return new Edit<>(
                    draft(actor, action, stored.site().custody(), target).put(stored.replacedBy(after)), after);
        });
    }

    private PolicyEditor.Draft draft(Actor actor, String action, String before, String after) {
        return editor.draft(actor, action, RecordMapper.SITE, SiteIdentity.ID, before, after);
    }

    private void refuseUnable(String target) {
        List<MasterKeyStatus.Node> unable = nodes.running().stream()
                .filter(node -> !node.fingerprints().contains(target))
                .toList();
        if (!unable.isEmpty()) {
            throw conflict(unable.size() + " of the running nodes cannot use the master key with the fingerprint "
                    + target
                    + " (node " + unable.get(0).id() + ", seen " + unable.get(0).seen()
                    + "): restart them with it, or wait some minutes if they have ended");
        }
    }

    private static OperationException conflict(String problem) {
        return new OperationException(OperationException.Kind.CONFLICT, problem);
    }

    /** Seals what is sealed under a previous master key, and ends the re-wrap if nothing was. Does nothing if none runs. */
    public synchronized void pass() {
        SiteIdentity.Stored stored = site();
        SiteIdentity site = stored.site();
        if (site.previous().isEmpty() || site.problemOf(custody).isPresent()) {
            return;
        }
        Instant began = clock.instant();
        Resealing resealing = new Resealing(site.custody(), stored.version());
        keys.visit(resealing);
        resealing.logUnusable();
        Instant started = Optional.ofNullable(site.rewrapStarted()).orElse(began);
        if (resealing.found == 0 && !began.isBefore(started.plus(SETTLING))) {
            end(site);
        }
    }

    private void end(SiteIdentity expected) {
        SiteIdentity.Stored stored = site();
        if (!stored.site().custody().equals(expected.custody())
                || !stored.site().previous().equals(expected.previous())) {
            return;
        }
        try {
            editor.apply(
                    draft(Actor.SERVICE, "site.end-rewrap", String.join(" ", expected.previous()), expected.custody())
                            .put(stored.replacedBy(stored.site().moved())));
            LOG.log(
                    System.Logger.Level.INFO,
                    "all keys are sealed under the master key with the fingerprint " + expected.custody()
                            + "; previous master keys are no longer needed");
        } catch (OperationException e) {
            if (e.kind() != OperationException.Kind.STALE) {
                throw e;
            }
        }
    }

    /** Counts the keys under each master key now. */
    public MasterKeyStatus status() {
        SiteIdentity site = site().site();
        Counting counting = new Counting(site.custody());
        keys.visit(counting);
        return new MasterKeyStatus(
                site.custody(),
                custody.fingerprint(),
                site.previous(),
                Optional.ofNullable(site.rewrapStarted()),
                counting.keys,
                counting.remaining,
                counting.unusable,
                nodes.running());
    }

    /** Writes each record that has a key under another master key. */
    private final class Resealing implements StoredKeys.Visitor {
        private final String target;
        private boolean changed;
        /** Records that are not known to be sealed under the target. */
        private long found;

        private long unusable;
        private String example = "";

        /** The version of the site's record that names the target. */
        private long siteVersion;

        Resealing(String target, long siteVersion) {
            this.target = target;
            this.siteVersion = siteVersion;
        }

        @Override
        public Rewrapping operation() {
            changed = false;
            return (label, key) -> {
                CustodyKey sealed = custody.rewrap(label, key, target);
                changed |= !sealed.equals(key);
                return sealed;
            };
        }

        @Override
        public void visit(PolicyRecord record, PolicyRecord successor) {
            if (!changed) {
                return;
            }
            found++;
            // A conflict means that an edit was faster, or that the site has changed; the next pass finds the keys.
            boolean written = store.write(StoreWrite.of()
                            .put(successor)
                            .require(RecordMapper.SITE, SiteIdentity.ID, siteVersion)
                            .build())
                    .isWritten();
            if (written
                    && record.kind().equals(RecordMapper.SITE)
                    && record.id().equals(SiteIdentity.ID)) {
                siteVersion = successor.version();
            }
        }

        @Override
        public void cannotUse(PolicyRecord record, RuntimeException fault) {
            found++;
            unusable++;
            if (unusable == 1) {
                example = record.kind() + " " + record.id() + ": " + fault.getMessage();
            }
        }

        void logUnusable() {
            if (unusable > 0) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "the keys of " + unusable
                                + " objects cannot be sealed again, and the re-wrap does not end while"
                                + " they are stored, such as " + example);
            }
        }
    }

    /** Changes nothing. */
    private final class Counting implements StoredKeys.Visitor {
        private final String target;
        private final List<String> unusable = new ArrayList<>();
        private long keys;
        private long remaining;

        Counting(String target) {
            this.target = target;
        }

        @Override
        public Rewrapping operation() {
            return (label, key) -> {
                keys++;
                if (!custody.rewrap(label, key, target).equals(key)) {
                    remaining++;
                }
                return key;
            };
        }

        @Override
        public void visit(PolicyRecord record, PolicyRecord successor) {
            // The operation has counted its keys.
        }

        @Override
        public void cannotUse(PolicyRecord record, RuntimeException fault) {
            if (unusable.size() < MAX_UNUSABLE) {
                unusable.add(record.kind() + " " + record.id());
            }
        }
    }

    /** Why this node cannot serve the site, in words that are safe to publish; empty if it can. */
    public Optional<String> problem() {
        return site().site().problemOf(custody).map(problem -> "this node does not have the master keys of the site");
    }
}
