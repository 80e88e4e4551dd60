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
 * The key that push services know a site by (RFC 8292), written once for a store and kept in its custody.
 *
 * <p>Browsers subscribe to this very key, so that another one would end all their subscriptions.
 *
 * @param key on P-256
 * @param created when
 */
public record VapidKey(CustodyKey key, Instant created) {
    private static final String ID = "push-key";
    private static final KeyLabel LABEL = new KeyLabel("site/push", 1, KeyRole.SIGNING, Curve.P_256);

    /** The key in the store, or a new one if there is none, which is not stored yet. */
    public static VapidKey findOrMake(PolicyStore store, KeyCustody custody, InstantSource clock) {
        return find(store).orElseGet(() -> new VapidKey(custody.generate(LABEL), clock.instant()));
    }

    /** Stores this key if there is none; nodes that start together agree on the one that is returned. */
    public VapidKey store(PolicyStore store, PolicyEditor editor, RetryingWriter writes) {
        return find(store).orElseGet(() -> create(store, editor, writes));
    }

    /** The key at work in its custody. */
    public JwsSigner signer(KeyCustody custody) {
        return new Signer(custody, key);
    }

    private static Optional<VapidKey> find(PolicyStore store) {
        return store.get(RecordMapper.SITE, ID).map(found -> RecordMapper.read(found, VapidKey.class));
    }

    private VapidKey create(PolicyStore store, PolicyEditor editor, RetryingWriter writes) {
        try {
            writes.run(() -> editor.apply(editor.draft(
                            Actor.HOST,
                            "site.make-push-key",
                            RecordMapper.SITE,
                            ID,
                            null,
                            key.publicKey().kid())
                    .put(new PolicyRecord(RecordMapper.SITE, ID, 1, Json.write(this), Set.of(), Set.of()))));
            return this;
        } catch (OperationException e) {
            // Another node's, or what an attempt without an outcome has written.
            return find(store).orElseThrow(() -> e);
        }
    }

    /** The key at work in its custody, which opens it under this label only. */
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
