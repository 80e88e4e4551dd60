package io.panocrypt.policy.internal.notice;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
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
import java.util.Optional;
import java.util.Set;

/**
 * The key by which push services identify a site (RFC 8292), written once into the store and kept in its custody.
 *
 * <p>Browsers subscribe to this key, so another one would end all their subscriptions.
 *
 * @param key on P-256
 * @param created when the key was generated
 */
public record VapidKey(CustodyKey key, Instant created) {
    private static final String ID = "push-key";
    public static final KeyLabel LABEL = new KeyLabel("site/push", 1, KeyRole.SIGNING, Curve.P_256);

    /** The stored key, or a new one that is not stored yet. */
    public static VapidKey findOrMake(Store store, KeyCustody custody, InstantSource clock) {
        return find(store).orElseGet(() -> new VapidKey(custody.generate(LABEL), clock.instant()));
    }

    /** Stores this key unless there is one; nodes that start together agree on the returned key. */
    public VapidKey store(Store store, PolicyEditor editor, RetryingWriter writes) {
        return find(store).orElseGet(() -> create(store, editor, writes));
    }

    /** A signer with this key; the private half stays in the custody. */
    public JwsSigner signer(KeyCustody custody) {
        return new Signer(custody, key);
    }

    private static Optional<VapidKey> find(Store store) {
        return stored(store).map(record -> RecordMapper.read(record, VapidKey.class));
    }

    /** The record of the key; empty if there is none yet. */
    public static Optional<PolicyRecord> stored(Store store) {
        return store.get(RecordMapper.SITE, ID);
    }

    /** The key as the operation returns it. */
    public VapidKey rewrapped(Rewrapping operation) {
        return new VapidKey(operation.apply(LABEL, key), created);
    }

    public PolicyRecord record(long version) {
        return new PolicyRecord(RecordMapper.SITE, ID, version, Json.write(this), Set.of(), Set.of());
    }

    private VapidKey create(Store store, PolicyEditor editor, RetryingWriter writes) {
        try {
            writes.run(() -> editor.apply(editor.draft(
                            Actor.HOST,
                            "site.make-push-key",
                            RecordMapper.SITE,
                            ID,
                            null,
                            key.publicKey().kid())
                    .put(record(1))));
            return this;
        } catch (OperationException e) {
            // Either another node was first, or an attempt with unknown outcome has written it.
            return find(store).orElseThrow(() -> e);
        }
    }

    /** Signs in the custody, which opens the key under this label only. */
    private record Signer(KeyCustody custody, CustodyKey sealed) implements JwsSigner {
        @Override
        public PublicJwk key() {
            return sealed.publicKey();
        }

        @Override
        public byte[] sign(byte[] signingInput) {
            return custody.sign(LABEL, sealed, signingInput);
        }

        @Override
        public String toString() {
            return "PushKey[" + sealed.publicKey().kid() + "]";
        }
    }
}
