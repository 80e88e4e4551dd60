package io.panocrypt.policy.internal.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.Rewrapping;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a site; only a re-wrap under another master key changes it.
 *
 * @param custody the fingerprint of the master key under which new keys are sealed
 * @param checkpointKey the key that signs checkpoints
 * @param created when the site was created
 * @param previous the fingerprints of master keys under which stored keys may still be sealed, while a re-wrap runs
 * @param rewrapStarted when the last re-wrap began; null if there was none
 */
public record SiteIdentity(
        String custody,
        CustodyKey checkpointKey,
        Instant created,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> previous,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant rewrapStarted) {
    public static final String ID = "site";
    public static final KeyLabel CHECKPOINT_LABEL = new KeyLabel(ID, 1, KeyRole.SIGNING, Curve.P_256);

    /** The previous master keys are null in a site that an earlier release has written. */
    public SiteIdentity {
        previous = Objects.requireNonNullElse(previous, List.<String>of()).stream()
                .distinct()
                .toList();
    }

    /** A site with its record's version. */
    public record Stored(SiteIdentity site, long version) {
        public PolicyRecord record() {
            return site.record(version);
        }

        /** The record that replaces this one. */
        public PolicyRecord replacedBy(SiteIdentity other) {
            return other.record(version + 1);
        }
    }

    public static Optional<SiteIdentity> find(Store store) {
        return stored(store).map(Stored::site);
    }

    public static Optional<Stored> stored(Store store) {
        return store.get(RecordMapper.SITE, ID)
                .map(record -> new Stored(RecordMapper.read(record, SiteIdentity.class), record.version()));
    }

    private PolicyRecord record(long version) {
        return new PolicyRecord(RecordMapper.SITE, ID, version, Json.write(this), Set.of(), Set.of());
    }

    /** The site before a re-wrap: every node needs that master key too, and no key is sealed under it yet. */
    public SiteIdentity preparedFor(String fingerprint, Instant time) {
        List<String> needed = new ArrayList<>(previous);
        needed.add(fingerprint);
        return new SiteIdentity(custody, checkpointKey, created, needed, time);
    }

    /** The site without that previous master key. */
    public SiteIdentity without(String fingerprint) {
        return new SiteIdentity(
                custody,
                checkpointKey,
                created,
                previous.stream().filter(other -> !other.equals(fingerprint)).toList(),
                rewrapStarted);
    }

    /** The site at the beginning of a re-wrap: new keys are sealed under that master key. */
    public SiteIdentity movingTo(String fingerprint, Instant time) {
        List<String> older = new ArrayList<>(previous);
        older.add(custody);
        return new SiteIdentity(fingerprint, checkpointKey, created, older, time).without(fingerprint);
    }

    /** The site at the end of a re-wrap: no key is sealed under a previous master key. */
    public SiteIdentity moved() {
        return new SiteIdentity(custody, checkpointKey, created, List.of(), rewrapStarted);
    }

    /** The site with its key as the operation returns it. */
    public SiteIdentity withKeys(Rewrapping operation) {
        return new SiteIdentity(
                custody, operation.apply(CHECKPOINT_LABEL, checkpointKey), created, previous, rewrapStarted);
    }

    /**
     * Why a custody cannot serve this site: it lacks the site's master key, or one under which stored keys may still be
     * sealed. Empty if it has all.
     */
    public Optional<String> problemOf(KeyCustody keys) {
        Set<String> known = keys.fingerprints();
        if (!known.contains(custody)) {
            return Optional.of("the store's keys are sealed under another master key (fingerprint " + custody
                    + ", this one has " + keys.fingerprint() + ")");
        }
        return previous.stream()
                .filter(fingerprint -> !known.contains(fingerprint))
                .findFirst()
                .map(fingerprint ->
                        "a re-wrap is not finished, and keys may still be sealed under the previous master key"
                                + " (fingerprint " + fingerprint + "): give it too");
    }

    /**
     * Opens the site of the store, or creates it in an empty store; nodes that start together agree on one.
     *
     * @throws IllegalStateException if the custody does not match, or the store has devices but no site
     */
    public static SiteIdentity open(
            Store store, InstantSource clock, PolicyEditor editor, KeyCustody custody, RetryingWriter writes) {
        SiteIdentity site = find(store).orElseGet(() -> create(store, clock, editor, custody, writes));
        site.problemOf(custody).ifPresent(problem -> {
            throw new IllegalStateException(problem);
        });
        return site;
    }

    /** Whether it is the record of the site's identity. */
    public static boolean isRecord(PolicyRecord record) {
        return record.kind().equals(RecordMapper.SITE) && record.id().equals(ID);
    }

    /** Whether the store is unused; one that has devices but lost its site record is not. */
    public static boolean isEmpty(Store store) {
        return find(store).isEmpty()
                && store.scan(RecordMapper.DEVICE, null, null, 1).isEmpty();
    }

    private static SiteIdentity create(
            Store store, InstantSource clock, PolicyEditor editor, KeyCustody custody, RetryingWriter writes) {
        if (!isEmpty(store)) {
            // Another node may have created the site, and a device, in the meantime.
            return find(store)
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds devices but no site record, so their master key is unknown"));
        }
        SiteIdentity identity = new SiteIdentity(
                custody.fingerprint(), custody.generate(CHECKPOINT_LABEL), clock.instant(), List.of(), null);
        try {
            writes.run(() -> editor.apply(
                    editor.draft(Actor.HOST, "site.create", RecordMapper.SITE, ID, null, identity.custody())
                            .put(identity.record(1))));
            return identity;
        } catch (OperationException e) {
            // Either another node was first, or an attempt with unknown outcome has written it.
            return find(store).orElseThrow(() -> e);
        }
    }
}
