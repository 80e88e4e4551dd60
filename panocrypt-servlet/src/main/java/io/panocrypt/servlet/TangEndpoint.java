package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers the Tang protocol behind a base URL; thread-safe. */
public interface TangEndpoint {
    /** The pattern of the base that precedes {@code /adv} and {@code /rec}; its one group is the token. */
    String basePattern();

    /**
     * The advertisement, as bytes of a JWS.
     *
     * @param token what the base's group matched
     * @param thumbprint of a key that signs in addition; null for none
     * @return empty for an unknown token or thumbprint
     */
    Optional<byte[]> advertisement(String token, @Nullable String thumbprint);

    /** Decides about a recovery request and answers it. */
    UnlockResult recover(UnlockAttempt attempt);

    /** The devices of a service, each behind {@code /u/{token}}. */
    static TangEndpoint of(Panocrypt panocrypt) {
        return new TangEndpoint() {
            @Override
            public String basePattern() {
                return "/u/([^/]+)";
            }

            @Override
            public Optional<byte[]> advertisement(String token, @Nullable String thumbprint) {
                return panocrypt.advertisement(token, thumbprint);
            }

            @Override
            public UnlockResult recover(UnlockAttempt attempt) {
                return panocrypt.unlock(attempt);
            }
        };
    }
}
