package io.panocrypt.crypto.ec;

/**
 * A multiplier of points by one secret scalar, in time that does not depend on the scalar.
 *
 * <p>Implementations are safe for use by several threads. Input and output points are public data.
 */
public interface ScalarMultiplier extends AutoCloseable {
    /** The curve of the secret scalar. */
    Curve curve();

    /** The scalar times the generator. */
    EcPoint publicKey();

    /**
     * The scalar times the given point; never infinity, since the group's order is prime.
     *
     * @param point a point on {@link #curve()}
     * @return the product, checked to be on the curve
     * @throws IllegalArgumentException if the point is on another curve
     * @throws EcEngineException if the provider fails or its answer does not pass the fault check
     * @throws IllegalStateException after {@link #close()}
     */
    EcPoint multiply(EcPoint point);

    /** Wipes the copies of the scalar that can be wiped and drops the others; a second call does nothing. */
    @Override
    void close();
}
