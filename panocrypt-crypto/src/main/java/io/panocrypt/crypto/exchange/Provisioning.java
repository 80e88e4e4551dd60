package io.panocrypt.crypto.exchange;

import io.panocrypt.crypto.ec.EcPoint;

/** What a binding yields: the client's public point, to be kept in clear, and the shared point, which is secret. */
public final class Provisioning {
    private final EcPoint clientPublic;
    private final EcPoint sharedPoint;

    Provisioning(EcPoint clientPublic, EcPoint sharedPoint) {
        this.clientPublic = clientPublic;
        this.sharedPoint = sharedPoint;
    }

    /** C, the point from which each later recovery starts. */
    public EcPoint clientPublic() {
        return clientPublic;
    }

    /** K, the secret from which a key is derived; never store it. */
    public EcPoint sharedPoint() {
        return sharedPoint;
    }
}
