package io.panocrypt.crypto.tang;

import java.security.GeneralSecurityException;

/** Says that a client refuses an advertisement: its form, its keys or one of its signatures is wrong. */
public final class InvalidAdvertisementException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    InvalidAdvertisementException(String reason) {
        super(reason);
    }
}
