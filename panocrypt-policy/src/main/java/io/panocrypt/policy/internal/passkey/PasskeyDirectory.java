package io.panocrypt.policy.internal.passkey;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Finds the passkeys that this site has registered; a record that it has not signed is none. Thread-safe. */
public final class PasskeyDirectory {
    private final Store store;
    private final PublicJwk site;

    /** @param site the site's key */
    public PasskeyDirectory(Store store, PublicJwk site) {
        this.store = store;
        this.site = site;
    }

    /** A passkey and its record. */
    public record Found(StoredPasskey stored, PolicyRecord record) {
        public Passkey passkey() {
            return stored.passkey();
        }

        /** The record once the passkey has signed. */
        public PolicyRecord used(Instant now, long counter) {
            StoredPasskey after = new StoredPasskey(stored.passkey().used(now, counter), stored.siteSignature());
            return new PolicyRecord(
                    record.kind(),
                    record.id(),
                    record.version() + 1,
                    Json.write(after),
                    record.uniqueTerms(),
                    record.terms());
        }
    }

    public Optional<Found> byCredential(String credentialId) {
        return store.find(RecordMapper.PASSKEY, StoredPasskey.credentialTerm(credentialId))
                .flatMap(this::genuine)
                .filter(found -> found.passkey().credentialId().equals(credentialId));
    }

    public Optional<Found> byId(String id) {
        return store.get(RecordMapper.PASSKEY, id).flatMap(this::genuine);
    }

    public List<Found> ofMember(String memberId) {
        return recordsOf(memberId).stream()
                .flatMap(record -> genuine(record).stream())
                .filter(found -> found.passkey().memberId().equals(memberId))
                .toList();
    }

    /** All records of a member's passkeys, genuine or not. */
    public List<PolicyRecord> recordsOf(String memberId) {
        return store.scan(RecordMapper.PASSKEY, StoredPasskey.memberTerm(memberId), null, 2 * StoredPasskey.MAX);
    }

    private Optional<Found> genuine(PolicyRecord record) {
        return RecordMapper.readIfReadable(record, StoredPasskey.class)
                .filter(stored -> stored.isSignedBy(site))
                .map(stored -> new Found(stored, record));
    }
}
