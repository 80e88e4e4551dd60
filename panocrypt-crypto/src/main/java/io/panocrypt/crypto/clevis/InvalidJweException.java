package io.panocrypt.crypto.clevis;

import java.security.GeneralSecurityException;

/** Says that a text is not a compact JWE as Clevis' tang pin writes it. */
public final class InvalidJweException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    InvalidJweException(String reason) {
        super(reason);
    }
}
