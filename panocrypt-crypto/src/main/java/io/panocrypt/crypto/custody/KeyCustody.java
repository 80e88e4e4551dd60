package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import java.util.Optional;
import java.util.Set;

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
     * Takes in a key that was made elsewhere, such as one of a Tang server; the caller stores it. From then on it is like a
     * key that {@link #generate} made.
     *
     * @param label what the key is for
     * @param pair the key, whose halves belong together; it stays the caller's, who closes it
     * @return the key
     * @throws IllegalArgumentException if the pair is on another curve than the label's
     * @throws CustodyException if the key cannot be taken in; this custody takes in none unless it overrides this method
     */
    default CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
        throw new CustodyException("this custody takes in no key that was made elsewhere", null);
    }

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
     * whenever the custody is opened. New keys are sealed under this master key.
     */
    String fingerprint();

    /**
     * The fingerprints of all master keys whose keys this custody can use, always the same. Only {@link #fingerprint}
     * unless overridden; always includes it.
     */
    default Set<String> fingerprints() {
        return Set.of(fingerprint());
    }

    /**
     * Seals a key under another master key of this custody, for a change of the master key. The key itself stays the
     * same, and what the caller has stored still serves. Changes nothing outside of the result.
     *
     * @param label the label that the key was made for
     * @param key the stored key
     * @param fingerprint names the master key, one of {@link #fingerprints}
     * @return the key to be stored, with the same public half; the given one if it is sealed under that master key
     *     already
     * @throws CustodyException if the custody has no such master key, or the key does not open under this label. A
     *     custody with a single master key, which need not open keys for this, has only the first reason
     */
    default CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
        if (fingerprint.equals(fingerprint())) {
            return key;
        }
        throw new CustodyException("this custody has no master key with the fingerprint " + fingerprint, null);
    }

    /** Whether the custody itself holds keys, so that {@link #destroy} has something to do; false by default. */
    default boolean holdsKeys() {
        return false;
    }

    /**
     * Destroys what the custody itself holds of a key, irreversibly; nothing by default. A key that is destroyed already,
     * or that a failed edit left behind, is no error.
     *
     * @param label the label that the key was made for
     * @param key the key, which must not be used any more
     * @throws CustodyException if the key belongs to another label, or may not be destroyed yet; the caller tries again
     */
    default void destroy(KeyLabel label, CustodyKey key) {}

    /** Why keys cannot be used now and what to do, in words that are safe to publish; empty if they can, and by default. */
    default Optional<String> unreadyReason() {
        return Optional.empty();
    }
}
