package io.panocrypt.policy.internal.journal;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * The identity of a site, written once into its store.
 *
 * @param custody the fingerprint of the custody that holds all its keys
 * @param checkpointKey the key that signs checkpoints
 * @param created when the site was created
 */
public record SiteIdentity(String custody, CustodyKey checkpointKey, Instant created) {
    private static final String ID = "site";
    static final KeyLabel CHECKPOINT_LABEL = new KeyLabel(ID, 1, KeyRole.SIGNING, Curve.P_256);

    public static Optional<SiteIdentity> find(PolicyStore store) {
        return store.get(RecordMapper.SITE, ID).map(record -> RecordMapper.read(record, SiteIdentity.class));
    }

    /**
     * Opens the site of the store, or creates it in an empty store; nodes that start together agree on one.
     *
     * @throws IllegalStateException if the custody does not match, or the store has devices but no site
     */
    public static SiteIdentity open(
            PolicyStore store, InstantSource clock, PolicyEditor editor, KeyCustody custody, RetryingWriter writes) {
        SiteIdentity site = find(store).orElseGet(() -> create(store, clock, editor, custody, writes));
        if (!site.custody().equals(custody.fingerprint())) {
            throw new IllegalStateException("the store's keys are sealed under another master key (fingerprint "
                    + site.custody() + ", this one has " + custody.fingerprint() + ")");
        }
        return site;
    }

    /** Whether the store is unused; one that has devices but lost its site record is not. */
    public static boolean isEmpty(PolicyStore store) {
        return find(store).isEmpty()
                && store.scan(RecordMapper.DEVICE, null, null, 1).isEmpty();
    }

    private static SiteIdentity create(
            PolicyStore store, InstantSource clock, PolicyEditor editor, KeyCustody custody, RetryingWriter writes) {
        if (!isEmpty(store)) {
            // Another node may have created the site, and a device, in the meantime.
            return find(store)
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds devices but no site record, so their master key is unknown"));
        }
        SiteIdentity identity =
                new SiteIdentity(custody.fingerprint(), custody.generate(CHECKPOINT_LABEL), clock.instant());
        try {
            writes.run(() -> editor.apply(editor.draft(
                            Actor.HOST, "site.create", RecordMapper.SITE, ID, null, identity.custody())
                    .put(new PolicyRecord(RecordMapper.SITE, ID, 1, Json.write(identity), Set.of(), Set.of()))));
            return identity;
        } catch (OperationException e) {
            // Either another node was first, or an attempt with unknown outcome has written it.
            return find(store).orElseThrow(() -> e);
        }
    }
}
