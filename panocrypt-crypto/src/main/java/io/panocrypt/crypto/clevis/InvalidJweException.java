package io.panocrypt.crypto.clevis;

import java.security.GeneralSecurityException;

/** The refusal of a text that is not a JWE of the tang pin. */
public final class InvalidJweException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    InvalidJweException(String reason) {
        super(reason);
    }
}
