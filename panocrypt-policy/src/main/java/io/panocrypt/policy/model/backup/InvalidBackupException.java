package io.panocrypt.policy.model.backup;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file is no backup, is incomplete or was changed, or another master key opens it. Nothing was done with it. */
public final class InvalidBackupException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message for operators. */
    public InvalidBackupException(String message) {
        super(message);
    }

    /** Creates the exception with a message for operators, and its cause. */
    public InvalidBackupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
