/** Passkeys of members: what browsers send, and what is kept. Values are immutable; bytes are base64url without padding. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model.passkey;
