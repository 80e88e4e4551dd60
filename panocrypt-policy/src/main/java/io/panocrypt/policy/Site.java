package io.panocrypt.policy;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.spi.PolicyRecord;
import io.panocrypt.policy.spi.PolicyStore;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a store says of the site as a whole, written once.
 *
 * @param custody the fingerprint of the custody that all its keys belong to
 * @param checkpointKey signs checkpoints
 * @param created when
 */
record Site(String custody, CustodyKey checkpointKey, Instant created) {
    private static final String ID = "site";
    static final KeyLabel CHECKPOINT_LABEL = new KeyLabel(ID, 1, KeyRole.SIGNING, Curve.P_256);

    static Optional<Site> find(PolicyStore store) {
        return store.get(Records.SITE, ID).map(found -> Records.read(found, Site.class));
    }

    /** The site in the store, or a new one if there is none; nodes that start together agree on one. */
    static Site open(Editor editor, KeyCustody custody, PatientWrites writes) {
        Site site = find(editor.store()).orElseGet(() -> create(editor, custody, writes));
        if (!site.custody().equals(custody.fingerprint())) {
            throw new IllegalStateException("the store's keys are sealed under another master key (fingerprint "
                    + site.custody() + ", this one has " + custody.fingerprint() + ")");
        }
        return site;
    }

    /** Whether nothing has been stored yet: a store that lost its site record is not new. */
    static boolean isEmpty(PolicyStore store) {
        return find(store).isEmpty()
                && store.scan(Records.DEVICE, null, null, 1).isEmpty();
    }

    private static Site create(Editor editor, KeyCustody custody, PatientWrites writes) {
        if (!isEmpty(editor.store())) {
            // Unless another node has just made the site, and a device after it.
            return find(editor.store())
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds devices but not whose master key sealed their keys"));
        }
        Site made = new Site(custody.fingerprint(), custody.generate(CHECKPOINT_LABEL), editor.now());
        try {
            writes.run(
                    () -> editor.apply(editor.draft(Actor.HOST, "site.create", Records.SITE, ID, null, made.custody())
                            .put(new PolicyRecord(Records.SITE, ID, 1, Json.write(made), Set.of(), Set.of()))));
            return made;
        } catch (OperationException e) {
            // Another node's, or what an attempt without an outcome has written.
            return find(editor.store()).orElseThrow(() -> e);
        }
    }
}
