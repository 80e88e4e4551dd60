package io.panocrypt.crypto.tang;

/** A holder of one private signing key; safe for use by several threads. */
public interface JwsSigner {
    /** The public half; its role is {@link KeyRole#SIGNING}. */
    PublicJwk key();

    /**
     * A signature with the algorithm that goes with the key's curve.
     *
     * @param signingInput the JWS signing input (RFC 7515, section 5.1)
     * @return r||s, twice the length of the field (RFC 7518, section 3.4)
     */
    byte[] sign(byte[] signingInput);
}
