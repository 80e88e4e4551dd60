package io.panocrypt.crypto.custody;

import java.io.IOException;

/** A sealed file does not open: it is incomplete or was changed, or it was sealed under another master key. */
public final class SealedFileException extends IOException {
    private static final long serialVersionUID = 1L;

    SealedFileException(String message) {
        super(message);
    }
}
