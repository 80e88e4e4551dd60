package io.panocrypt.policy.notify;

import java.util.Optional;

/** The access tokens of ntfy servers, from configuration; implementations are thread-safe. */
@FunctionalInterface
public interface NtfyTokens {
    /**
     * The token to be sent to a server.
     *
     * @param server its host, lower-case, with the port unless that is the scheme's own: {@code ntfy.example.org:8443}
     * @return without {@code Bearer}; empty if the server needs none
     */
    Optional<String> find(String server);

    /** No server needs one. */
    static NtfyTokens none() {
        return server -> Optional.empty();
    }
}
