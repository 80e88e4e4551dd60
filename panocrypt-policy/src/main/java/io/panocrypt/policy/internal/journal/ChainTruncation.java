package io.panocrypt.policy.internal.journal;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The signed beginning of a chain whose oldest entries retention has removed.
 *
 * @param end the last removed entry; the kept part of the chain continues from it
 * @param count how many entries the latest truncation removed
 * @param time when they were removed
 */
public record ChainTruncation(ChainHead end, long count, Instant time) {
    public ChainTruncation {
        Objects.requireNonNull(end);
        Objects.requireNonNull(time);
    }

    /** The signed form; the member name {@code cut} distinguishes it from everything else that is signed. */
    private record Statement(ChainTruncation cut) {
        Statement {
            Objects.requireNonNull(cut);
        }
    }

    /**
     * A truncation as it is stored.
     *
     * @param cut the signed text
     * @param signature as in a {@link Checkpoint}
     */
    public record Signed(String cut, String signature) {
        public Signed {
            Objects.requireNonNull(cut);
            Objects.requireNonNull(signature);
        }

        /** Reads a record's body; a body in another form gives an empty, invalid signature. */
        static Signed read(String body) {
            try {
                return Json.read(body, Signed.class);
            } catch (StoreException e) {
                return new Signed("", "");
            }
        }

        /** The record for the truncated beginning of the chain. */
        public PolicyRecord record(String chain, String id, long version) {
            return new PolicyRecord(
                    RecordMapper.CUT, id, version, Json.write(this), Set.of(RecordMapper.chainTerm(chain)), Set.of());
        }

        /** The truncation, if the key has signed it. */
        Optional<ChainTruncation> signedBy(PublicJwk key) {
            try {
                return SiteSignature.verifies(cut, signature, key)
                        ? Optional.of(Json.readSigned(cut, Statement.class).cut())
                        : Optional.empty();
            } catch (StoreException e) {
                return Optional.empty();
            }
        }
    }

    /** The text to sign. */
    public String statement() {
        return Json.text(new Statement(this));
    }
}
