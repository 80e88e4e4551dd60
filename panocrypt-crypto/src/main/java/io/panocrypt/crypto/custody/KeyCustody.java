package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.EcPoint;

/**
 * Holds private keys and uses them; they never leave.
 *
 * <p>Implementations are safe for use by several threads. Every method may fail with {@link CustodyException}. {@code
 * KeyCustodyContract} in the testkit checks the rules.
 */
public interface KeyCustody {
    /**
     * Makes a new key for a label; the caller stores it. Earlier keys of the same label continue to work.
     *
     * @param label what the key is for
     * @return the key
     * @throws CustodyException if no key can be made
     */
    CustodyKey generate(KeyLabel label);

    /**
     * The server half of one recovery: the private key times the point.
     *
     * @param label the label that the key was made for, with role EXCHANGE
     * @param key the stored key
     * @param point a point on the key's curve
     * @return the product
     * @throws IllegalArgumentException if the role is not EXCHANGE or the point is on another curve
     * @throws CustodyException if the key does not open under this label, or the engine fails
     */
    EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point);

    /**
     * A signature with the algorithm that goes with the key's curve.
     *
     * @param label the label that the key was made for, with role SIGNING
     * @param key the stored key
     * @param input what to sign
     * @return r||s, twice the length of the field
     * @throws IllegalArgumentException if the role is not SIGNING
     * @throws CustodyException if the key does not open under this label, or the engine fails
     */
    byte[] sign(KeyLabel label, CustodyKey key, byte[] input);

    /**
     * Identifies the master key and reveals nothing else about it: 64 hexadecimal digits in lower case, the same
     * whenever the custody is opened.
     */
    String fingerprint();
}
