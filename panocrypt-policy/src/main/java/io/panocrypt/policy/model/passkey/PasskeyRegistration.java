package io.panocrypt.policy.model.passkey;

/**
 * What a browser gives for a new passkey, a {@code PublicKeyCredential} with an attestation response.
 * Each text is base64url without padding. Attestation is not asked for, so the key is as trustworthy as the page that sends
 * it.
 *
 * @param credentialId its {@code rawId}
 * @param authenticatorData the result of {@code getAuthenticatorData()}
 * @param clientDataJson its {@code clientDataJSON}
 * @param publicKey the result of {@code getPublicKey()}: a SubjectPublicKeyInfo in DER
 * @param algorithm the result of {@code getPublicKeyAlgorithm()}: -7, -8 or -257
 */
public record PasskeyRegistration(
        String credentialId, String authenticatorData, String clientDataJson, String publicKey, int algorithm) {}
