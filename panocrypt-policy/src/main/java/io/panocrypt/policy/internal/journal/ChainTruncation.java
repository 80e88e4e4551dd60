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
 * What stands at the beginning of a chain whose oldest rows retention has removed.
 *
 * @param end the last row that was removed, from which the kept part grows
 * @param count how many rows went with it, in the latest cut
 * @param time when
 */
public record ChainTruncation(ChainHead end, long count, Instant time) {
    public ChainTruncation {
        Objects.requireNonNull(end);
        Objects.requireNonNull(time);
    }

    /** What is signed: it can be taken for nothing else. */
    private record Statement(ChainTruncation cut) {
        Statement {
            Objects.requireNonNull(cut);
        }
    }

    /**
     * A cut as it is stored.
     *
     * @param cut the signed text
     * @param signature as of a {@link Checkpoint}
     */
    public record Signed(String cut, String signature) {
        public Signed {
            Objects.requireNonNull(cut);
            Objects.requireNonNull(signature);
        }

        /** What a record holds; signed by nobody if somebody else has written it. */
        static Signed read(String body) {
            try {
                return Json.read(body, Signed.class);
            } catch (StoreException e) {
                return new Signed("", "");
            }
        }

        /** The record that replaces the removed beginning of that chain. */
        public PolicyRecord record(String chain, String id, long version) {
            return new PolicyRecord(
                    RecordMapper.CUT, id, version, Json.write(this), Set.of(RecordMapper.chainTerm(chain)), Set.of());
        }

        /** The cut, if the key has signed it. */
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
