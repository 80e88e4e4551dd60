package io.panocrypt.crypto.ec;

import java.math.BigInteger;

/**
 * The known-answer test of our P-521: the Diffie-Hellman example of RFC 5903, section 8.3, which has an even and an odd
 * scalar.
 */
final class P521SelfTest {
    private static final byte[] I = number("0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
            + "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52");
    private static final byte[] R = number("0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e"
            + "9c677d600b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb151685eb9");
    private static final String GI_X = "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbe"
            + "e1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e";
    private static final String GI_Y = "017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10a"
            + "d8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582";
    private static final String GR_X = "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a21"
            + "9b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f";
    private static final String GR_Y = "015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87"
            + "220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a";
    private static final String GIR_X = "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
            + "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea";
    private static final String GIR_Y = "01b901e6b17db2947ac017d853ef1c1674e5cfe59cda18d078e05d1b5242adaa"
            + "9ffc3c63ea05edb1e13ce5b3a8e50c3eb622e8da1b38e0bdd1f88569d6c99baffa43";

    private P521SelfTest() {}

    /**
     * Runs the test on one working memory: both key generations and both halves of the exchange.
     *
     * @throws EcEngineException if an answer is not the known one
     */
    static void run(P521Worker worker) {
        try {
            EcPoint gi = point(GI_X, GI_Y);
            EcPoint gr = point(GR_X, GR_Y);
            EcPoint gir = point(GIR_X, GIR_Y);
            worker.load(I);
            check(gi, worker.multiplyGenerator());
            worker.load(R);
            check(gr, worker.multiplyGenerator());
            worker.load(I);
            check(gir, worker.multiply(gr));
            worker.load(R);
            check(gir, worker.multiply(gi));
        } catch (InvalidPointException e) {
            throw new EcEngineException("the self test of P-521 computed an invalid point", e);
        }
    }

    private static void check(EcPoint known, EcPoint answer) {
        if (!known.equals(answer)) {
            throw new EcEngineException("the self test of P-521 failed", null);
        }
    }

    private static EcPoint point(String x, String y) throws InvalidPointException {
        return EcPoint.of(Curve.P_521, number(x), number(y));
    }

    private static byte[] number(String hex) {
        return EcPoint.bytes(Curve.P_521, new BigInteger(hex, 16));
    }
}
