package io.panocrypt.policy.model.passkey;

import org.jspecify.annotations.Nullable;

/**
 * What a browser gives when a passkey has signed, a {@code PublicKeyCredential} with an assertion response. Each text is
 * base64url without padding.
 *
 * @param credentialId its {@code rawId}
 * @param authenticatorData its {@code authenticatorData}
 * @param clientDataJson its {@code clientDataJSON}, exactly the bytes that came
 * @param signature its {@code signature}
 * @param userHandle its {@code userHandle}, which is the member's id in UTF-8; null if the browser gave none
 */
public record PasskeyAssertion(
        String credentialId,
        String authenticatorData,
        String clientDataJson,
        String signature,
        @Nullable String userHandle) {}
