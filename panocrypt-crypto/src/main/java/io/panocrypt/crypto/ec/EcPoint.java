package io.panocrypt.crypto.ec;

import java.math.BigInteger;
import java.nio.ByteBuffer;
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
    private static final byte UNCOMPRESSED = 4;

    private final Curve curve;
    private final byte[] x;
    private final byte[] y;

    private EcPoint(Curve curve, byte[] x, byte[] y) {
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
        if (!isBelow(x, curve.p()) || !isBelow(y, curve.p())) {
            throw new InvalidPointException("coordinate is not below the field's prime");
        }
        if (!isOnCurve(curve, x, y)) {
            throw new InvalidPointException("point is not on the curve");
        }
        return new EcPoint(curve, x.clone(), y.clone());
    }

    static EcPoint of(Curve curve, BigInteger x, BigInteger y) throws InvalidPointException {
        if (x.signum() < 0 || y.signum() < 0 || x.compareTo(curve.p()) >= 0 || y.compareTo(curve.p()) >= 0) {
            throw new InvalidPointException("coordinate is not below the field's prime");
        }
        return of(curve, bytes(curve, x), bytes(curve, y));
    }

    /** The point of P-521 with coordinates of size 1 that are known to satisfy the equation. */
    static EcPoint ofP521(long[] x, long[] y, long[] scratch) {
        EcPoint point = new EcPoint(Curve.P_521, new byte[P521Codec.BYTES], new byte[P521Codec.BYTES]);
        P521Codec.encode(point.x, x, scratch);
        P521Codec.encode(point.y, y, scratch);
        return point;
    }

    /** The curve's generator G. */
    public static EcPoint generator(Curve curve) {
        return new EcPoint(curve, bytes(curve, curve.gx()), bytes(curve, curve.gy()));
    }

    /** The curve that this point is on. */
    public Curve curve() {
        return curve;
    }

    /** A fresh copy of x, big-endian, {@link Curve#fieldBytes()} bytes. */
    public byte[] x() {
        return x.clone();
    }

    /** A fresh copy of y, big-endian, {@link Curve#fieldBytes()} bytes. */
    public byte[] y() {
        return y.clone();
    }

    /** The uncompressed form of SEC 1, section 2.3.3: 4, x and y; a fresh array. */
    public byte[] uncompressed() {
        return ByteBuffer.allocate(1 + x.length + y.length)
                .put(UNCOMPRESSED)
                .put(x)
                .put(y)
                .array();
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
        BigInteger x1 = affineX();
        BigInteger y1 = affineY();
        BigInteger x2 = other.affineX();
        BigInteger slope;
        if (!x1.equals(x2)) {
            slope = other.affineY().subtract(y1).multiply(x2.subtract(x1).modInverse(p));
        } else if (equals(other) && y1.signum() != 0) {
            BigInteger three = BigInteger.valueOf(3);
            slope = x1.multiply(x1)
                    .subtract(BigInteger.ONE)
                    .multiply(three)
                    .multiply(y1.shiftLeft(1).modInverse(p));
        } else {
            return Optional.empty();
        }
        BigInteger sumX = slope.multiply(slope).subtract(x1).subtract(x2).mod(p);
        BigInteger sumY = slope.multiply(x1.subtract(sumX)).subtract(y1).mod(p);
        return Optional.of(new EcPoint(curve, bytes(curve, sumX), bytes(curve, sumY)));
    }

    /** The point with the opposite y, with variable time: public data only. */
    public EcPoint negate() {
        return new EcPoint(curve, x, bytes(curve, affineY().negate().mod(curve.p())));
    }

    /**
     * This point as a public key object of the JDK's own EC provider.
     *
     * @throws EcEngineException if the Java runtime has no EC support
     */
    public ECPublicKey toJcaPublicKey() {
        try {
            return (ECPublicKey) KeyFactory.getInstance("EC", JcaEngine.JDK_PROVIDER)
                    .generatePublic(new ECPublicKeySpec(new ECPoint(affineX(), affineY()), curve.parameters()));
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("the Java runtime cannot represent a " + curve.crv() + " public key", e);
        }
    }

    /**
     * The point of a public key object of any provider.
     *
     * @throws InvalidPointException if the point is not on the curve
     */
    public static EcPoint ofJca(Curve curve, ECPublicKey key) throws InvalidPointException {
        return of(curve, key.getW().getAffineX(), key.getW().getAffineY());
    }

    BigInteger affineX() {
        return new BigInteger(1, x);
    }

    BigInteger affineY() {
        return new BigInteger(1, y);
    }

    /** Sets two elements of our own field to the coordinates of this point of P-521. */
    void decodeP521(long[] decodedX, long[] decodedY) {
        P521Codec.decode(decodedX, x);
        P521Codec.decode(decodedY, y);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EcPoint that
                && curve == that.curve
                && Arrays.equals(x, that.x)
                && Arrays.equals(y, that.y);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(x) * 31 + Arrays.hashCode(y);
    }

    @Override
    public String toString() {
        return curve.crv() + "(" + affineX().toString(16) + ", " + affineY().toString(16) + ")";
    }

    /** Encodes a number below p as big-endian bytes of the field's length. */
    static byte[] bytes(Curve curve, BigInteger value) {
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

    private static boolean isBelow(byte[] number, BigInteger bound) {
        return new BigInteger(1, number).compareTo(bound) < 0;
    }

    private static boolean isOnCurve(Curve curve, byte[] x, byte[] y) {
        if (curve == Curve.P_521) {
            return P521Equation.holdsFor(x, y);
        }
        BigInteger ordinate = new BigInteger(1, y);
        return ordinate.multiply(ordinate).mod(curve.p()).equals(curve.rightSide(new BigInteger(1, x)));
    }
}
