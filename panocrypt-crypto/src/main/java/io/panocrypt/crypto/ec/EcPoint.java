package io.panocrypt.crypto.ec;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Optional;

/**
 * A finite point on its curve; no instance is off the curve, at infinity, or has a coordinate outside the field.
 *
 * <p>Immutable and thread-safe. Its arithmetic takes variable time and is for public data.
 */
public final class EcPoint {
    private final Curve curve;
    private final BigInteger x;
    private final BigInteger y;

    private EcPoint(Curve curve, BigInteger x, BigInteger y) {
        this.curve = curve;
        this.x = x;
        this.y = y;
    }

    /**
     * The point with the given affine coordinates, after full validation (SEC 1 v2.0, section 3.2.2.1; the cofactor is
     * 1, so the subgroup needs no check).
     *
     * @param curve the curve
     * @param x big-endian, exactly {@link Curve#fieldBytes()} bytes, below p
     * @param y likewise
     * @return the point
     * @throws InvalidPointException on any other length, a coordinate not below p, or a point off the curve, which
     *     includes (0, 0), a common encoding of infinity
     */
    public static EcPoint of(Curve curve, byte[] x, byte[] y) throws InvalidPointException {
        if (x.length != curve.fieldBytes() || y.length != curve.fieldBytes()) {
            throw new InvalidPointException("coordinate does not have the length of the field");
        }
        return of(curve, new BigInteger(1, x), new BigInteger(1, y));
    }

    static EcPoint of(Curve curve, BigInteger x, BigInteger y) throws InvalidPointException {
        if (x.signum() < 0 || y.signum() < 0 || x.compareTo(curve.p()) >= 0 || y.compareTo(curve.p()) >= 0) {
            throw new InvalidPointException("coordinate is not below the field's prime");
        }
        if (!y.multiply(y).mod(curve.p()).equals(curve.rightSide(x))) {
            throw new InvalidPointException("point is not on the curve");
        }
        return new EcPoint(curve, x, y);
    }

    /** The curve's generator G. */
    public static EcPoint generator(Curve curve) {
        return new EcPoint(curve, curve.gx(), curve.gy());
    }

    /** The curve that this point is on. */
    public Curve curve() {
        return curve;
    }

    /** A fresh copy of x, big-endian, {@link Curve#fieldBytes()} bytes. */
    public byte[] x() {
        return fixedLength(x);
    }

    /** A fresh copy of y, big-endian, {@link Curve#fieldBytes()} bytes. */
    public byte[] y() {
        return fixedLength(y);
    }

    /**
     * The sum of two points, with variable time: public data only.
     *
     * @param other a point on the same curve
     * @return this + other, or empty if the sum is the point at infinity
     * @throws IllegalArgumentException if the curves differ
     */
    public Optional<EcPoint> add(EcPoint other) {
        if (other.curve != curve) {
            throw new IllegalArgumentException("points are on different curves");
        }
        BigInteger p = curve.p();
        BigInteger slope;
        if (!x.equals(other.x)) {
            slope = other.y.subtract(y).multiply(other.x.subtract(x).modInverse(p));
        } else if (y.equals(other.y) && y.signum() != 0) {
            BigInteger three = BigInteger.valueOf(3);
            slope = x.multiply(x)
                    .subtract(BigInteger.ONE)
                    .multiply(three)
                    .multiply(y.shiftLeft(1).modInverse(p));
        } else {
            return Optional.empty();
        }
        BigInteger sumX = slope.multiply(slope).subtract(x).subtract(other.x).mod(p);
        BigInteger sumY = slope.multiply(x.subtract(sumX)).subtract(y).mod(p);
        return Optional.of(new EcPoint(curve, sumX, sumY));
    }

    /** The point with the opposite y, with variable time: public data only. */
    public EcPoint negate() {
        return new EcPoint(curve, x, y.negate().mod(curve.p()));
    }

    /**
     * This point as a public key object of the JDK's own EC provider.
     *
     * @throws EcEngineException if the Java runtime has no EC support
     */
    public ECPublicKey toJcaPublicKey() {
        try {
            return (ECPublicKey) KeyFactory.getInstance("EC", JcaEngine.JDK_PROVIDER)
                    .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve.parameters()));
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("the Java runtime cannot represent a " + curve.crv() + " public key", e);
        }
    }

    static EcPoint ofJca(Curve curve, ECPublicKey key) throws InvalidPointException {
        return of(curve, key.getW().getAffineX(), key.getW().getAffineY());
    }

    BigInteger affineX() {
        return x;
    }

    BigInteger affineY() {
        return y;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EcPoint that && curve == that.curve && x.equals(that.x) && y.equals(that.y);
    }

    @Override
    public int hashCode() {
        return x.hashCode() * 31 + y.hashCode();
    }

    @Override
    public String toString() {
        return curve.crv() + "(" + x.toString(16) + ", " + y.toString(16) + ")";
    }

    private byte[] fixedLength(BigInteger value) {
        byte[] bytes = value.toByteArray();
        int length = curve.fieldBytes();
        if (bytes.length == length) {
            return bytes;
        }
        if (bytes.length > length) {
            return Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);
        }
        byte[] padded = new byte[length];
        System.arraycopy(bytes, 0, padded, length - bytes.length, bytes.length);
        return padded;
    }
}
