package io.panocrypt.crypto.ec;

import java.util.Arrays;

/** Our own multiplier for P-521; the scalar is held in one array that {@link #close()} wipes. Thread-safe. */
final class P521Multiplier implements ScalarMultiplier {
    private final EcPoint publicKey;
    private final byte[] scalar;
    private final P521Workers workers;
    private boolean closed;

    /**
     * A multiplier.
     *
     * @param scalar 66 bytes, big-endian, from 1 to n-1; kept, not cloned
     * @param publicKey the scalar times the generator
     * @param workers lends the working memory
     */
    P521Multiplier(byte[] scalar, EcPoint publicKey, P521Workers workers) {
        this.scalar = scalar;
        this.publicKey = publicKey;
        this.workers = workers;
    }

    @Override
    public Curve curve() {
        return Curve.P_521;
    }

    @Override
    public EcPoint publicKey() {
        return publicKey;
    }

    @Override
    public EcPoint multiply(EcPoint point) {
        if (point.curve() != Curve.P_521) {
            throw new IllegalArgumentException("point is on another curve than the key");
        }
        P521Worker worker = workers.take();
        try {
            load(worker);
            return worker.multiply(point);
        } finally {
            workers.giveBack(worker);
        }
    }

    private synchronized void load(P521Worker worker) {
        if (closed) {
            throw new IllegalStateException("multiplier is closed");
        }
        worker.load(scalar);
    }

    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(scalar, (byte) 0);
    }
}
