package io.panocrypt.crypto.custody;

import java.util.Optional;
import javax.security.auth.login.FailedLoginException;

/** Finds in the JDK's exceptions, which show a token's answer as text only, that the token refused its PIN. */
final class LoginRefusal {
    private LoginRefusal() {}

    /** What to tell the operator; empty if the login failed for another reason. */
    static Optional<String> of(Throwable thrown) {
        if (mentions(thrown, "CKR_PIN_LOCKED")) {
            return Optional.of(TokenSupervisor.PIN_LOCKED);
        }
        return isRefused(thrown) ? Optional.of(TokenSupervisor.PIN_REFUSED) : Optional.empty();
    }

    private static boolean isRefused(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof FailedLoginException) {
                return true;
            }
        }
        return mentions(thrown, "CKR_PIN_") || mentions(thrown, "CKR_USER_PIN_");
    }

    private static boolean mentions(Throwable thrown, String answer) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            String message = at.getMessage();
            if (message != null && message.contains(answer)) {
                return true;
            }
        }
        return false;
    }
}
