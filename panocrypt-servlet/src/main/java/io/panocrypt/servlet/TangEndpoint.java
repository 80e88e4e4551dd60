package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers the Tang protocol behind a base URL; thread-safe. */
public interface TangEndpoint {
    /** The pattern of the base that precedes {@code /adv} and {@code /rec}; its one group is the token. */
    String basePattern();

    /**
     * The URL before the base as clients know it. {@link TangServlet} warns at its start if its mapping does not fit.
     *
     * @return empty, the default, if it is not known
     */
    default Optional<URI> publicUrl() {
        return Optional.empty();
    }

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

    /**
     * A device says that it runs: {@code POST} to {@code /alive} behind the base.
     *
     * @return false if the token is unknown, the source is not allowed, or nobody listens; false unless overridden
     */
    default boolean alive(String token, Optional<IpAddress> source) {
        return false;
    }

    /** The devices of a service, each behind {@code /u/{token}}. */
    static TangEndpoint of(Panocrypt panocrypt) {
        return new TangEndpoint() {
            @Override
            public String basePattern() {
                return "/u/([^/]+)";
            }

            @Override
            public Optional<URI> publicUrl() {
                return Optional.of(panocrypt.devices().publicUrl());
            }

            @Override
            public Optional<byte[]> advertisement(String token, @Nullable String thumbprint) {
                return panocrypt.advertisement(token, thumbprint);
            }

            @Override
            public UnlockResult recover(UnlockAttempt attempt) {
                return panocrypt.unlock(attempt);
            }

            @Override
            public boolean alive(String token, Optional<IpAddress> source) {
                return panocrypt.alive(token, source);
            }
        };
    }

    /**
     * One device of a service, without a token in the path, for disks that are bound to the root of a Tang server whose keys
     * the device has taken in. All its policy applies.
     *
     * @param name the device's name, looked up at each request; as long as no device has it, all answers are 404
     */
    static TangEndpoint ofDevice(Panocrypt panocrypt, String name) {
        return new TangEndpoint() {
            private Optional<String> token() {
                return panocrypt.devices().byName(name).map(Device::token);
            }

            @Override
            public String basePattern() {
                return "()";
            }

            @Override
            public Optional<byte[]> advertisement(String none, @Nullable String thumbprint) {
                return token().flatMap(token -> panocrypt.advertisement(token, thumbprint));
            }

            @Override
            public UnlockResult recover(UnlockAttempt attempt) {
                return token().map(token -> panocrypt.unlock(
                                new UnlockAttempt(token, attempt.kid(), attempt.request(), attempt.source())))
                        .orElseGet(UnlockResult.NotFound::new);
            }

            @Override
            public boolean alive(String none, Optional<IpAddress> source) {
                return token().filter(token -> panocrypt.alive(token, source)).isPresent();
            }
        };
    }
}
