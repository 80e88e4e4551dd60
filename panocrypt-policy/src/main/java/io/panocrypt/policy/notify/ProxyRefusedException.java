package io.panocrypt.policy.notify;

import java.io.IOException;

/** The proxy does not connect to the target. */
final class ProxyRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyRefusedException(int status) {
        super("the proxy answered " + status);
    }
}
