package io.panocrypt.crypto.tang;

import java.security.GeneralSecurityException;

/** The refusal of an advertisement by a client: its form, its keys or one of its signatures is wrong. */
public final class InvalidAdvertisementException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    InvalidAdvertisementException(String reason) {
        super(reason);
    }
}
