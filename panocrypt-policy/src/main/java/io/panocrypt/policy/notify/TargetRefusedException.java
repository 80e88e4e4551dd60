package io.panocrypt.policy.notify;

import java.io.IOException;

/** A target that notices may not be sent to; nothing was sent. */
final class TargetRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    TargetRefusedException(String reason) {
        super(reason);
    }
}
