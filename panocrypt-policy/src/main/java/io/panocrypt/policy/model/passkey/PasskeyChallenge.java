package io.panocrypt.policy.model.passkey;

import java.time.Instant;

/**
 * A challenge for one use of a passkey.
 *
 * @param challenge 32 random bytes in base64url, for {@code challenge} of the browser's options
 * @param expires when it ends
 */
public record PasskeyChallenge(String challenge, Instant expires) {}
