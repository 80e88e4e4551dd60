package io.panocrypt.policy.model.passkey;

import java.time.Instant;

/**
 * What an approver signs.
 *
 * @param statement the text, to be shown as it is: lines of ASCII, the first one {@code panocrypt-approval-v1}
 * @param challenge the SHA-256 of the text in base64url, for {@code challenge} of the browser's options
 * @param expires when it can no longer be used
 */
public record StatementToSign(String statement, String challenge, Instant expires) {}
