package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.tang.PublicJwk;
import java.util.Arrays;

/**
 * A key as a store keeps it: the public half, and what its custody needs to find or open the private half.
 *
 * @param publicKey the public half
 * @param sealed custody's own bytes, an envelope or a reference, copied on the way in and out; useless without that
 *     custody
 */
public record CustodyKey(PublicJwk publicKey, byte[] sealed) {
    /** Copies the array. */
    public CustodyKey {
        sealed = sealed.clone();
    }

    @Override
    public byte[] sealed() {
        return sealed.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CustodyKey that
                && publicKey.equals(that.publicKey)
                && Arrays.equals(sealed, that.sealed);
    }

    @Override
    public int hashCode() {
        return 31 * publicKey.hashCode() + Arrays.hashCode(sealed);
    }

    @Override
    public String toString() {
        return "CustodyKey[" + publicKey.kid() + "]";
    }
}
