package io.panocrypt.crypto.ec;

import java.security.GeneralSecurityException;

/** Says that bytes are not a finite point on the expected curve; its message never quotes a coordinate. */
public final class InvalidPointException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param reason what is wrong, without any of the input's bytes
     */
    public InvalidPointException(String reason) {
        super(reason);
    }
}
