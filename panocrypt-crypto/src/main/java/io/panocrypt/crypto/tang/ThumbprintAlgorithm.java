package io.panocrypt.crypto.tang;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes for thumbprints by which a client of Tang may name a key (RFC 7638); S256 is the usual one. */
public enum ThumbprintAlgorithm {
    /** SHA-1, 27 characters: old Clevis only. It only names a key and proves nothing. */
    S1("SHA-1"),
    /** SHA-224, 38 characters. */
    S224("SHA-224"),
    /** SHA-256, 43 characters: the kid that every current client uses. */
    S256("SHA-256"),
    /** SHA-384, 64 characters. */
    S384("SHA-384"),
    /** SHA-512, 86 characters. */
    S512("SHA-512");

    private final String digestName;

    ThumbprintAlgorithm(String digestName) {
        this.digestName = digestName;
    }

    MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(digestName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java runtime has no " + digestName, e);
        }
    }
}
