package io.panocrypt.policy.internal.passkey;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.PasskeyRegistration;
import io.panocrypt.policy.model.passkey.RelyingParty;
import java.io.ByteArrayOutputStream;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.Collection;
import java.util.Optional;

/**
 * Verifies what browsers send, by the rules of WebAuthn level 3, sections 7.1 and 7.2, without attestation. Nothing here is
 * secret, so nothing takes constant time.
 */
public final class PasskeyVerifier {
    private static final int MAX_CREDENTIAL_ID = 1_023;
    private static final int MAX_KEY = 1_024;
    private static final int MAX_SIGNATURE = 1_024;

    private PasskeyVerifier() {}

    /**
     * The credential of a registration.
     *
     * @param aaguid the model of the authenticator
     */
    public record Credential(String aaguid, long counter) {}

    /** The challenge in client data; empty if it is none. */
    public static Optional<String> challengeIn(String clientDataJson) {
        try {
            return ClientData.parse(Base64Url.decode(clientDataJson)).map(ClientData::challenge);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Verifies a registration. The public key must be the one in the authenticator data: compared in the canonical encoding,
     * which WebAuthn demands there, so that no CBOR needs to be parsed.
     *
     * @throws OperationException {@code INVALID} with the reason
     */
    public static Credential verify(PasskeyRegistration registration, String challenge, RelyingParty party) {
        try {
            AuthenticatorData data = new AuthenticatorData(Base64Url.decode(registration.authenticatorData()));
            Optional<String> problem = problem(
                            registration.clientDataJson(), ClientData.CREATE, challenge, party.origins())
                    .or(() -> data.problem(party.id(), true));
            if (problem.isPresent()) {
                throw invalid(problem.get());
            }
            AuthenticatorData.Credential credential =
                    data.credential().orElseThrow(() -> invalid("the authenticator data is cut off"));
            if (credential.id().length == 0
                    || credential.id().length > MAX_CREDENTIAL_ID
                    || !Base64Url.encode(credential.id()).equals(registration.credentialId())) {
                throw invalid("the credential id is not the one in the authenticator data");
            }
            checkKey(registration, data, credential);
            return new Credential(credential.aaguid().toString(), data.counter());
        } catch (IllegalArgumentException e) {
            throw invalid("a text is not base64url without padding");
        }
    }

    private static void checkKey(
            PasskeyRegistration registration, AuthenticatorData data, AuthenticatorData.Credential credential) {
        PasskeyAlgorithm algorithm = PasskeyAlgorithm.of(registration.algorithm())
                .orElseThrow(() -> invalid("the algorithm must be -7, -8 or -257"));
        try {
            PublicKey key = algorithm.parse(bounded(registration.publicKey(), MAX_KEY));
            int length = algorithm.lengthOfCose(key, credential.rest());
            boolean ends = length == credential.rest().length;
            if (length < 0 || ends == data.hasExtensions()) {
                throw invalid("the public key is not the one in the authenticator data");
            }
        } catch (InvalidKeyException e) {
            throw invalid("the public key is none of that algorithm");
        }
    }

    /**
     * Why the passkey has not signed that challenge; empty if it has.
     *
     * @param challenge in base64url
     * @param origins any one of them is accepted
     * @param publicKey a SubjectPublicKeyInfo in base64url
     */
    public static Optional<String> problem(
            PasskeyAssertion assertion,
            String challenge,
            String rpId,
            Collection<String> origins,
            int algorithm,
            String publicKey) {
        try {
            AuthenticatorData data = new AuthenticatorData(Base64Url.decode(assertion.authenticatorData()));
            return problem(assertion.clientDataJson(), ClientData.GET, challenge, origins)
                    .or(() -> data.problem(rpId, false))
                    .or(() -> verifies(assertion, data, algorithm, publicKey)
                            ? Optional.empty()
                            : Optional.of("the signature is not the passkey's"));
        } catch (IllegalArgumentException e) {
            return Optional.of("a text is not base64url without padding");
        }
    }

    /** The signature counter in the authenticator data of a verified assertion. */
    public static long counter(PasskeyAssertion verified) {
        return new AuthenticatorData(Base64Url.decode(verified.authenticatorData())).counter();
    }

    private static Optional<String> problem(
            String clientDataJson, String type, String challenge, Collection<String> origins) {
        Optional<ClientData> found = ClientData.parse(Base64Url.decode(clientDataJson));
        if (found.isEmpty()) {
            return Optional.of("the client data cannot be read");
        }
        ClientData data = found.get();
        if (!data.type().equals(type)) {
            return Optional.of("the client data is of another kind");
        }
        if (!data.challenge().equals(challenge)) {
            return Optional.of("another challenge was signed");
        }
        if (!origins.contains(data.origin())) {
            return Optional.of("the page is from another origin");
        }
        return data.framed() ? Optional.of("the page was in a frame of another origin") : Optional.empty();
    }

    private static boolean verifies(
            PasskeyAssertion assertion, AuthenticatorData data, int algorithm, String publicKey) {
        Optional<PasskeyAlgorithm> known = PasskeyAlgorithm.of(algorithm);
        if (known.isEmpty()) {
            return false;
        }
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes(data.bytes());
        signed.writeBytes(Sha256.of(Base64Url.decode(assertion.clientDataJson())));
        try {
            PublicKey key = known.get().parse(bounded(publicKey, MAX_KEY));
            return known.get().verifies(key, signed.toByteArray(), bounded(assertion.signature(), MAX_SIGNATURE));
        } catch (InvalidKeyException e) {
            return false;
        }
    }

    private static byte[] bounded(String text, int max) {
        byte[] bytes = Base64Url.decode(text);
        if (bytes.length > max) {
            throw new IllegalArgumentException("too long");
        }
        return bytes;
    }

    private static OperationException invalid(String problem) {
        return new OperationException(OperationException.Kind.INVALID, problem);
    }
}
