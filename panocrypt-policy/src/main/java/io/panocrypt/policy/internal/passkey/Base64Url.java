package io.panocrypt.policy.internal.passkey;

import java.util.Base64;

/** Base64url without padding, in the one spelling that each sequence of bytes has. */
public final class Base64Url {
    private Base64Url() {}

    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException for any other spelling */
    public static byte[] decode(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (!encode(bytes).equals(text)) {
            throw new IllegalArgumentException("not base64url as it is written here");
        }
        return bytes;
    }
}
