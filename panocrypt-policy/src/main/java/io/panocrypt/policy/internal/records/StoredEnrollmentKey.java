package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.net.Cidr;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;

/**
 * The stored form of an enrollment key.
 *
 * @param secretHash SHA-256 of the secret, base64url; the secret is not stored
 */
public record StoredEnrollmentKey(EnrollmentKey key, String secretHash) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StoredEnrollmentKey of(Body body) {
        return new StoredEnrollmentKey(
                new EnrollmentKey(
                        body.id(),
                        body.name(),
                        body.uses(),
                        body.usesLeft(),
                        body.created(),
                        body.expires(),
                        body.registerSource(),
                        body.initialState(),
                        body.volumes(),
                        body.tags(),
                        body.sources(),
                        body.networkAccessLists(),
                        body.requireApproval(),
                        body.acknowledgeOpen(),
                        body.notes(),
                        body.curve(),
                        body.version()),
                body.secretHash());
    }

    /** A copy with one use less. */
    public StoredEnrollmentKey spend() {
        return new StoredEnrollmentKey(key.spend(), secretHash);
    }

    /** Without the hash of the secret. */
    @Override
    public String toString() {
        return "Stored" + key;
    }

    @JsonValue
    Body body() {
        return new Body(
                key.id(),
                key.name(),
                secretHash,
                key.uses(),
                key.usesLeft(),
                key.created(),
                key.expires(),
                key.registerSource(),
                key.initialState(),
                key.volumes(),
                key.tags(),
                key.sources(),
                key.networkAccessLists(),
                key.requireApproval(),
                key.acknowledgeOpen(),
                key.notes(),
                key.curve(),
                key.version());
    }

    /** The members of the stored text. */
    record Body(
            String id,
            String name,
            String secretHash,
            int uses,
            int usesLeft,
            Instant created,
            Instant expires,
            boolean registerSource,
            DeviceState initialState,
            int volumes,
            SortedSet<String> tags,
            List<Cidr> sources,
            SortedSet<String> networkAccessLists,
            boolean requireApproval,
            boolean acknowledgeOpen,
            String notes,
            Curve curve,
            long version) {}
}
