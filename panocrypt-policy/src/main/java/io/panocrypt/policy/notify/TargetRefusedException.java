package io.panocrypt.policy.notify;

import java.io.IOException;

/** Says that notices may not be sent to a target; nothing was sent. */
final class TargetRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    TargetRefusedException(String reason) {
        super(reason);
    }
}
