package io.panocrypt.crypto.ec;

import java.math.BigInteger;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The prime-order NIST curves that Tang keys may use, y^2 = x^3 - 3x + b over the integers modulo p.
 *
 * <p>Domain parameters: SEC 2 v2.0, sections 2.4.2, 2.5.1 and 2.6.1; equal to FIPS 186-4, appendix D.1.2. The cofactor
 * is 1, so every finite point on the curve generates the whole group. Names: RFC 7518, sections 3.4 and 6.2.1.1.
 */
public enum Curve {
    /** NIST P-256 (secp256r1), 32-byte coordinates, ES256. */
    P_256(
            "P-256",
            "secp256r1",
            "ES256",
            "SHA256withECDSAinP1363Format",
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"),
    /** NIST P-384 (secp384r1), 48-byte coordinates, ES384. */
    P_384(
            "P-384",
            "secp384r1",
            "ES384",
            "SHA384withECDSAinP1363Format",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe" + "ffffffff0000000000000000ffffffff",
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a" + "c656398d8a2ed19d2a85c8edd3ec2aef",
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf" + "581a0db248b0a77aecec196accc52973",
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38" + "5502f25dbf55296c3a545e3872760ab7",
            "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0" + "0a60b1ce1d7e819d7a431d7c90ea0e5f",
            "304e020100301006072a8648ce3d020106052b81040022043730350201010430"),
    /** NIST P-521 (secp521r1), 66-byte coordinates, ES512. */
    P_521(
            "P-521",
            "secp521r1",
            "ES512",
            "SHA512withECDSAinP1363Format",
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "ffff",
            "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1"
                    + "09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b50"
                    + "3f00",
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138"
                    + "6409",
            "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d"
                    + "3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5"
                    + "bd66",
            "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e"
                    + "662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd1"
                    + "6650",
            "3060020100301006072a8648ce3d020106052b81040023044930470201010442");

    private static final BigInteger THREE = BigInteger.valueOf(3);

    private final String crv;
    private final String jcaName;
    private final String signatureAlgorithm;
    private final String jcaSignatureName;
    private final BigInteger p;
    private final BigInteger b;
    private final BigInteger n;
    private final BigInteger gx;
    private final BigInteger gy;
    private final String pkcs8Prefix;
    private final int fieldBytes;

    Curve(
            String crv,
            String jcaName,
            String signatureAlgorithm,
            String jcaSignatureName,
            String p,
            String b,
            String n,
            String gx,
            String gy,
            String pkcs8Prefix) {
        this.crv = crv;
        this.jcaName = jcaName;
        this.signatureAlgorithm = signatureAlgorithm;
        this.jcaSignatureName = jcaSignatureName;
        this.p = new BigInteger(p, 16);
        this.b = new BigInteger(b, 16);
        this.n = new BigInteger(n, 16);
        this.gx = new BigInteger(gx, 16);
        this.gy = new BigInteger(gy, 16);
        this.pkcs8Prefix = pkcs8Prefix;
        this.fieldBytes = (this.p.bitLength() + 7) / 8;
    }

    /**
     * The curve of a JWK {@code crv} name.
     *
     * @param crv for example "P-521"; case matters (RFC 7518)
     * @return the curve, or empty for any other name
     */
    public static Optional<Curve> ofCrv(String crv) {
        for (Curve curve : values()) {
            if (curve.crv.equals(crv)) {
                return Optional.of(curve);
            }
        }
        return Optional.empty();
    }

    /** The JWK {@code crv} name (RFC 7518, section 6.2.1.1), for example "P-521". */
    public String crv() {
        return crv;
    }

    /** The JCA and SEC 2 name, for example "secp521r1". */
    public String jcaName() {
        return jcaName;
    }

    /** Length in bytes of a coordinate and of a scalar: 32, 48 or 66. */
    public int fieldBytes() {
        return fieldBytes;
    }

    /** The JWS algorithm that goes with this curve (RFC 7518, section 3.4), for example "ES512". */
    public String signatureAlgorithm() {
        return signatureAlgorithm;
    }

    /** The JCA name of {@link #signatureAlgorithm()} with a raw r||s signature, as JWS wants it. */
    public String jcaSignatureName() {
        return jcaSignatureName;
    }

    /** The field's prime. */
    public BigInteger p() {
        return p;
    }

    /** The curve's coefficient b; the coefficient a is -3 on all of them. */
    public BigInteger b() {
        return b;
    }

    /** The order of the group, a prime. */
    public BigInteger n() {
        return n;
    }

    BigInteger gx() {
        return gx;
    }

    BigInteger gy() {
        return gy;
    }

    /** The right side of the curve's equation, x^3 - 3x + b mod p, with variable time. */
    BigInteger rightSide(BigInteger x) {
        return x.multiply(x).subtract(THREE).multiply(x).add(b).mod(p);
    }

    /** Everything of a PKCS#8 private key (RFC 5208, RFC 5915) that comes before the scalar, which ends it. */
    byte[] pkcs8Prefix() {
        return HexFormat.of().parseHex(pkcs8Prefix);
    }

    ECParameterSpec parameters() {
        return new ECParameterSpec(
                new EllipticCurve(new ECFieldFp(p), p.subtract(THREE), b), new ECPoint(gx, gy), n, 1);
    }
}
