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
 * What a store says of the site as a whole, written once.
 *
 * @param custody the fingerprint of the custody that all its keys belong to
 * @param checkpointKey signs checkpoints
 * @param created when
 */
public record SiteIdentity(String custody, CustodyKey checkpointKey, Instant created) {
    private static final String ID = "site";
    static final KeyLabel CHECKPOINT_LABEL = new KeyLabel(ID, 1, KeyRole.SIGNING, Curve.P_256);

    public static Optional<SiteIdentity> find(PolicyStore store) {
        return store.get(RecordMapper.SITE, ID).map(found -> RecordMapper.read(found, SiteIdentity.class));
    }

    /** The site in the store, or a new one if there is none; nodes that start together agree on one. */
    public static SiteIdentity open(
            PolicyStore store, InstantSource clock, PolicyEditor editor, KeyCustody custody, RetryingWriter writes) {
        SiteIdentity site = find(store).orElseGet(() -> create(store, clock, editor, custody, writes));
        if (!site.custody().equals(custody.fingerprint())) {
            throw new IllegalStateException("the store's keys are sealed under another master key (fingerprint "
                    + site.custody() + ", this one has " + custody.fingerprint() + ")");
        }
        return site;
    }

    /** Whether nothing has been stored yet: a store that lost its site record is not new. */
    public static boolean isEmpty(PolicyStore store) {
        return find(store).isEmpty()
                && store.scan(RecordMapper.DEVICE, null, null, 1).isEmpty();
    }

    private static SiteIdentity create(
            PolicyStore store, InstantSource clock, PolicyEditor editor, KeyCustody custody, RetryingWriter writes) {
        if (!isEmpty(store)) {
            // Unless another node has just made the site, and a device after it.
            return find(store)
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds devices but not whose master key sealed their keys"));
        }
        SiteIdentity made =
                new SiteIdentity(custody.fingerprint(), custody.generate(CHECKPOINT_LABEL), clock.instant());
        try {
            writes.run(() ->
                    editor.apply(editor.draft(Actor.HOST, "site.create", RecordMapper.SITE, ID, null, made.custody())
                            .put(new PolicyRecord(RecordMapper.SITE, ID, 1, Json.write(made), Set.of(), Set.of()))));
            return made;
        } catch (OperationException e) {
            // Another node's, or what an attempt without an outcome has written.
            return find(store).orElseThrow(() -> e);
        }
    }
}
