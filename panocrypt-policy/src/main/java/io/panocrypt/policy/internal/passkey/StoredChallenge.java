package io.panocrypt.policy.internal.passkey;

import io.panocrypt.policy.model.WireNamed;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of what may be used once: a challenge, or the secret of a one-time link. Its record has a hash of it.
 *
 * @param memberId who may use it; null for anybody
 * @param shown hashes of the requests of an approval as the approver was shown them, sorted
 * @param text the statement of an approval; null for other purposes
 */
public record StoredChallenge(
        String id,
        Purpose purpose,
        @Nullable String memberId,
        Instant expires,
        List<String> shown,
        @Nullable String text) {

    /** What it is for. */
    public enum Purpose implements WireNamed {
        REGISTRATION,
        SIGN_IN,
        APPROVAL,
        LINK
    }

    public StoredChallenge {
        shown = List.copyOf(shown);
    }
}
