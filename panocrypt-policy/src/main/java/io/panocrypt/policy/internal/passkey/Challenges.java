package io.panocrypt.policy.internal.passkey;

import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.internal.passkey.StoredChallenge.Purpose;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.passkey.PasskeyChallenge;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Issues challenges and one-time secrets, and finds them again on any node. Who uses one deletes its record in the commit of
 * the use, so that only one use succeeds. Thread-safe.
 */
public final class Challenges {
    public static final Duration LIFE = Duration.ofMinutes(5);

    private static final int BYTES = 32;
    private static final int NONCE_BYTES = 16;
    /** More than one expired record goes for each new one, so there are never more than those of the last minutes. */
    private static final int SWEPT = 20;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final SecureRandom random;

    public Challenges(Store store, InstantSource clock, IdGenerator ids, SecureRandom random) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.random = random;
    }

    /** A challenge that is unused and has not expired. */
    public record Found(StoredChallenge challenge, PolicyRecord record) {
        /** Whether it is for that member. */
        public boolean isFor(String memberId) {
            return Objects.equals(challenge.memberId(), memberId);
        }
    }

    /** 32 random bytes in base64url. */
    public String random() {
        return random(BYTES);
    }

    /** 16 random bytes in base64url. */
    String nonce() {
        return random(NONCE_BYTES);
    }

    private String random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Base64Url.encode(bytes);
    }

    /** Keeps a new random challenge. */
    public PasskeyChallenge issue(Purpose purpose, @Nullable String memberId) {
        String challenge = random();
        Instant expires = clock.instant().plus(LIFE);
        keep(challenge, purpose, memberId, expires, List.of(), null);
        return new PasskeyChallenge(challenge, expires);
    }

    /** Keeps a challenge that was computed; the last two parameters are those of {@link StoredChallenge}. */
    void keep(
            String challenge,
            Purpose purpose,
            @Nullable String memberId,
            Instant expires,
            List<String> shown,
            @Nullable String text) {
        sweep();
        store.write(StoreWrite.of()
                .put(record(challenge, purpose, memberId, expires, shown, text))
                .build());
    }

    /** The record of a one-time link, to be written by the caller. */
    public PolicyRecord link(String secret, String memberId, Instant expires) {
        return record(secret, Purpose.LINK, memberId, expires, List.of(), null);
    }

    private PolicyRecord record(
            String challenge,
            Purpose purpose,
            @Nullable String memberId,
            Instant expires,
            List<String> shown,
            @Nullable String text) {
        StoredChallenge kept = new StoredChallenge(ids.next(), purpose, memberId, expires, shown, text);
        return new PolicyRecord(
                RecordMapper.CHALLENGE, kept.id(), 1, Json.write(kept), Set.of(term(challenge)), Set.of());
    }

    private static String term(String challenge) {
        return RecordMapper.tokenTerm(TokenHash.of(challenge));
    }

    public Optional<Found> find(String challenge, Purpose purpose) {
        return store.find(RecordMapper.CHALLENGE, term(challenge))
                .map(record -> new Found(RecordMapper.read(record, StoredChallenge.class), record))
                .filter(found -> found.challenge().purpose() == purpose && !isOver(found.challenge()));
    }

    private boolean isOver(StoredChallenge challenge) {
        return !clock.instant().isBefore(challenge.expires());
    }

    /** Uses a challenge outside an edit, and notes the use of the passkey; false if either has changed meanwhile. */
    public boolean use(Found found, PolicyRecord passkey) {
        return store.write(StoreWrite.of()
                        .change(List.of(delete(found.record())))
                        .put(passkey)
                        .build())
                .isWritten();
    }

    /** Removes the oldest records that have expired; another node may do so too. */
    private void sweep() {
        for (PolicyRecord record : store.scan(RecordMapper.CHALLENGE, null, null, SWEPT)) {
            boolean over = RecordMapper.readIfReadable(record, StoredChallenge.class)
                    .map(this::isOver)
                    .orElse(true);
            if (over) {
                store.write(StoreWrite.of().change(List.of(delete(record))).build());
            }
        }
    }

    private static Change delete(PolicyRecord record) {
        return new Change.Delete(record.kind(), record.id(), record.version());
    }
}
