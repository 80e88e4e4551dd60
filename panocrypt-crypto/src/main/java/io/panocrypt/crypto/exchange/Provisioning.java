package io.panocrypt.crypto.exchange;

import io.panocrypt.crypto.ec.EcPoint;

/**
 * The result of a binding: the client's public point, which is stored unencrypted, and the shared point, a secret.
 * Immutable.
 */
public final class Provisioning {
    private final EcPoint clientPublic;
    private final EcPoint sharedPoint;

    Provisioning(EcPoint clientPublic, EcPoint sharedPoint) {
        this.clientPublic = clientPublic;
        this.sharedPoint = sharedPoint;
    }

    /** C, the point that each later recovery starts from. */
    public EcPoint clientPublic() {
        return clientPublic;
    }

    /** K, the secret from which a key is derived; never store it. */
    public EcPoint sharedPoint() {
        return sharedPoint;
    }
}
