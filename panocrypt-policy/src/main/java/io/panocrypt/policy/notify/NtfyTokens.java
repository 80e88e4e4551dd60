package io.panocrypt.policy.notify;

import java.util.Optional;

/** Finds the access tokens of ntfy servers, from configuration; implementations are thread-safe. */
@FunctionalInterface
public interface NtfyTokens {
    /**
     * The token for a server.
     *
     * @param server its host, lower-case, with a port that is not the scheme's default: {@code ntfy.example.org:8443}
     * @return without {@code Bearer}; empty if the server needs none
     */
    Optional<String> find(String server);

    /** Returns no token for any server. */
    static NtfyTokens none() {
        return server -> Optional.empty();
    }
}
