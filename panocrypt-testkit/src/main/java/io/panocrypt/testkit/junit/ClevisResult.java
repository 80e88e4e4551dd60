package io.panocrypt.testkit.junit;

import java.security.MessageDigest;

/** What became of {@link ClevisClient#decrypt}. Immutable, apart from a plaintext that is wiped. */
public sealed interface ClevisResult {
    /**
     * The plaintext.
     *
     * @throws IllegalStateException if the server did not answer with a point; with what it answered
     */
    default byte[] plaintext() {
        throw new IllegalStateException("nothing was decrypted: " + this);
    }

    /** The server answered, and the JWE is decrypted. Equal to others with the same plaintext; its text does not show it. */
    final class Decrypted implements ClevisResult {
        private final byte[] plaintext;

        /**
         * A result, such as a test expects.
         *
         * @param plaintext kept as it is, not copied
         */
        public Decrypted(byte[] plaintext) {
            this.plaintext = plaintext;
        }

        /** The plaintext itself, which the caller may wipe. */
        @Override
        public byte[] plaintext() {
            return plaintext;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Decrypted decrypted && MessageDigest.isEqual(plaintext, decrypted.plaintext);
        }

        /** The same for all, so that it tells nothing of a secret. */
        @Override
        public int hashCode() {
            return Decrypted.class.hashCode();
        }

        @Override
        public String toString() {
            return "Decrypted";
        }
    }

    /**
     * The server refuses, or does not know the device or the key.
     *
     * @param status of HTTP: 403 for a refusal by policy, 404 for what is unknown, and any other not named below
     */
    record Refused(int status) implements ClevisResult {}

    /**
     * A person must approve first; the same request may succeed later.
     *
     * @param status of HTTP: 423
     */
    record Pending(int status) implements ClevisResult {}

    /**
     * The server cannot answer now, or was asked too often.
     *
     * @param status of HTTP: 429, or 500 and above
     */
    record Unavailable(int status) implements ClevisResult {}
}
