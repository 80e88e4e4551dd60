package io.panocrypt.testkit.wire;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Textbook affine arithmetic on a NIST curve: an oracle that shares no code with the tested server.
 *
 * <p>Slow, and its time depends on its input; never for real secrets. Parameters come from the JDK (SEC 2 names).
 *
 * @param crv the JWK name (RFC 7518, 6.2.1.1)
 * @param parameters the curve's parameters from the JDK
 * @param p the field's prime
 * @param length bytes of one coordinate
 */
record AffineCurve(String crv, ECParameterSpec parameters, BigInteger p, int length) {

    private static final Map<String, String> SEC2_NAMES =
            Map.of("P-256", "secp256r1", "P-384", "secp384r1", "P-521", "secp521r1");

    static AffineCurve named(String crv) {
        String sec2 = SEC2_NAMES.get(crv);
        if (sec2 == null) {
            throw new IllegalArgumentException("not a curve of the wire table: " + crv);
        }
        try {
            AlgorithmParameters ec = AlgorithmParameters.getInstance("EC");
            ec.init(new ECGenParameterSpec(sec2));
            ECParameterSpec spec = ec.getParameterSpec(ECParameterSpec.class);
            BigInteger p = ((ECFieldFp) spec.getCurve().getField()).getP();
            return new AffineCurve(crv, spec, p, (p.bitLength() + 7) / 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + sec2, e);
        }
    }

    ECPoint generator() {
        return parameters.getGenerator();
    }

    BigInteger order() {
        return parameters.getOrder();
    }

    boolean contains(ECPoint point) {
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        BigInteger right = x.pow(3)
                .add(parameters.getCurve().getA().multiply(x))
                .add(parameters.getCurve().getB());
        return x.signum() >= 0
                && y.signum() >= 0
                && x.compareTo(p) < 0
                && y.compareTo(p) < 0
                && y.multiply(y).subtract(right).mod(p).signum() == 0;
    }

    /** The points with this x: two, or none. */
    List<ECPoint> withX(BigInteger x) {
        BigInteger square = x.pow(3)
                .add(parameters.getCurve().getA().multiply(x))
                .add(parameters.getCurve().getB())
                .mod(p);
        // All three primes are 3 modulo 4, so this power is a root if there is one (SEC 1, 2.3.4).
        BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
        ECPoint point = new ECPoint(x, y);
        return contains(point) ? List.of(point, new ECPoint(x, p.subtract(y))) : List.of();
    }

    ECPoint add(ECPoint left, ECPoint right) {
        if (left.equals(ECPoint.POINT_INFINITY)) {
            return right;
        }
        if (right.equals(ECPoint.POINT_INFINITY)) {
            return left;
        }
        BigInteger dx = right.getAffineX().subtract(left.getAffineX()).mod(p);
        BigInteger dy = right.getAffineY().subtract(left.getAffineY()).mod(p);
        if (dx.signum() != 0) {
            return chord(left, right, dy.multiply(dx.modInverse(p)));
        }
        if (dy.signum() != 0) {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger x = left.getAffineX();
        BigInteger slope = BigInteger.valueOf(3)
                .multiply(x)
                .multiply(x)
                .add(parameters.getCurve().getA())
                .multiply(left.getAffineY().shiftLeft(1).modInverse(p));
        return chord(left, left, slope);
    }

    private ECPoint chord(ECPoint left, ECPoint right, BigInteger slope) {
        BigInteger x = slope.multiply(slope)
                .subtract(left.getAffineX())
                .subtract(right.getAffineX())
                .mod(p);
        BigInteger y = slope.multiply(left.getAffineX().subtract(x))
                .subtract(left.getAffineY())
                .mod(p);
        return new ECPoint(x, y);
    }

    ECPoint multiply(BigInteger scalar, ECPoint point) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return point;
        }
        Jacobian sum = new Jacobian(BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);
        for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
            sum = twice(sum);
            if (scalar.testBit(bit)) {
                sum = add(sum, point);
            }
        }
        return affine(sum);
    }

    /**
     * The point (x / z^2, y / z^3), or infinity if z is 0. An inversion for each step would take three times as long.
     */
    private record Jacobian(BigInteger x, BigInteger y, BigInteger z) {}

    private ECPoint affine(Jacobian point) {
        if (point.z().signum() == 0) {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger inverse = point.z().modInverse(p);
        BigInteger square = inverse.multiply(inverse).mod(p);
        return new ECPoint(
                point.x().multiply(square).mod(p),
                point.y().multiply(square).multiply(inverse).mod(p));
    }

    private Jacobian twice(Jacobian point) {
        BigInteger xx = point.x().multiply(point.x()).mod(p);
        BigInteger yy = point.y().multiply(point.y()).mod(p);
        BigInteger zz = point.z().multiply(point.z()).mod(p);
        BigInteger s = point.x().multiply(yy).shiftLeft(2).mod(p);
        BigInteger m = xx.multiply(BigInteger.valueOf(3))
                .add(parameters.getCurve().getA().multiply(zz.multiply(zz).mod(p)))
                .mod(p);
        BigInteger x = m.multiply(m).subtract(s.shiftLeft(1)).mod(p);
        BigInteger y =
                m.multiply(s.subtract(x)).subtract(yy.multiply(yy).shiftLeft(3)).mod(p);
        return new Jacobian(x, y, point.y().multiply(point.z()).shiftLeft(1).mod(p));
    }

    private Jacobian add(Jacobian left, ECPoint right) {
        if (left.z().signum() == 0) {
            return new Jacobian(right.getAffineX(), right.getAffineY(), BigInteger.ONE);
        }
        BigInteger zz = left.z().multiply(left.z()).mod(p);
        BigInteger h = right.getAffineX().multiply(zz).subtract(left.x()).mod(p);
        BigInteger r = right.getAffineY()
                .multiply(zz.multiply(left.z()).mod(p))
                .subtract(left.y())
                .mod(p);
        if (h.signum() == 0) {
            return r.signum() == 0 ? twice(left) : new Jacobian(BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);
        }
        BigInteger hh = h.multiply(h).mod(p);
        BigInteger hhh = hh.multiply(h).mod(p);
        BigInteger v = left.x().multiply(hh).mod(p);
        BigInteger x = r.multiply(r).subtract(hhh).subtract(v.shiftLeft(1)).mod(p);
        BigInteger y =
                r.multiply(v.subtract(x)).subtract(left.y().multiply(hhh)).mod(p);
        return new Jacobian(x, y, left.z().multiply(h).mod(p));
    }

    /** Encodes a coordinate as in RFC 7518, 6.2.1.2: big-endian, the field's full length, base64url without padding. */
    String encode(BigInteger coordinate) {
        return encode(coordinate, length);
    }

    /** Encodes a coordinate with another length, which a strict server refuses. */
    static String encode(BigInteger coordinate, int length) {
        byte[] minimal = coordinate.toByteArray();
        byte[] full = new byte[length];
        int significant = Math.min(minimal.length, length);
        System.arraycopy(minimal, minimal.length - significant, full, length - significant, significant);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(full);
    }

    static BigInteger decode(String coordinate) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(coordinate));
    }
}
