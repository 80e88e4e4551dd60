package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.EcPoint;

/**
 * The place where private keys live; they serve here and never leave.
 *
 * <p>Implementations are safe for use by several threads. Everything here may fail with {@link CustodyException}. {@code
 * KeyCustodyContract} in the testkit holds the rules.
 */
public interface KeyCustody {
    /**
     * A fresh key for a label; the caller stores what it gets. Keys made before for the same label go on serving.
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
     * What identifies the master key without telling anything else about it: 64 hexadecimal digits in lower case, the same
     * whenever the custody is opened.
     */
    String fingerprint();
}
