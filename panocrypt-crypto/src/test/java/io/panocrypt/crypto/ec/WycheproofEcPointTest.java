package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.Oracle;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Project Wycheproof's ECDH point vectors, read from a directory next to the repository. */
class WycheproofEcPointTest {
    private static final EcEngine JCA = new JcaEngine(new SecureRandom());
    private static final EcEngine STANDARD = new StandardEngine(new SecureRandom());

    /** The standard engine uses the other one, except on P-521. */
    private static List<EcEngine> engines(Curve curve, boolean slow) {
        List<EcEngine> engines = new ArrayList<>();
        if (slow && curve == Curve.P_521) {
            engines.add(JCA);
        }
        if (slow || curve == Curve.P_521) {
            engines.add(STANDARD);
        }
        return engines;
    }

    /** The JDK's curves are slow, so the ordinary run tries some of the vectors with them. */
    @ParameterizedTest
    @EnumSource
    void answersAsEachVectorSays(Curve curve) throws IOException, InvalidPointException {
        answers(curve, 8);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void answersAsEachVectorSaysByTheJdkToo(Curve curve) throws IOException, InvalidPointException {
        answers(curve, 1);
    }

    /** @param step of how many valid vectors one is tried with an engine that uses the JDK's curves */
    private static void answers(Curve curve, int step) throws IOException, InvalidPointException {
        Path file = Path.of(System.getProperty("panocrypt.root", "."))
                .resolve("../shared/vectors/ecdh_" + curve.jcaName() + "_ecpoint_test.json");
        assumeTrue(
                Files.isRegularFile(file), "Wycheproof vectors are not next to the repository: " + file.getFileName());
        // Hundreds of vectors share some twenty private keys.
        Map<BigInteger, EcPoint> publicPoints = new HashMap<>();
        int valid = 0;
        int offCurve = 0;
        int otherEncoding = 0;
        int total = 0;
        for (JsonNode group : Golden.json(file).path("testGroups")) {
            for (JsonNode test : group.path("tests")) {
                total++;
                byte[] point = HexFormat.of().parseHex(test.path("public").textValue());
                String result = test.path("result").textValue();
                String id = curve + ", tcId " + test.path("tcId").intValue();
                int field = curve.fieldBytes();
                if (point.length != 1 + 2 * field || point[0] != 4) {
                    // Compressed or empty: a JWK cannot express it.
                    assertTrue(!result.equals("valid"), id);
                    otherEncoding++;
                    continue;
                }
                byte[] x = Arrays.copyOfRange(point, 1, 1 + field);
                byte[] y = Arrays.copyOfRange(point, 1 + field, point.length);
                if (result.equals("valid")) {
                    BigInteger k = new BigInteger(test.path("private").textValue(), 16);
                    EcPoint publicPoint = publicPoints.computeIfAbsent(k, key -> Oracle.publicPoint(curve, key));
                    for (EcEngine engine : engines(curve, valid % step == 0)) {
                        try (EcKeyPair pair = EcKeyPair.of(curve, Oracle.bytes(curve, k), publicPoint);
                                ScalarMultiplier multiplier = engine.multiplier(pair)) {
                            EcPoint product = multiplier.multiply(EcPoint.of(curve, x, y));
                            assertArrayEquals(
                                    HexFormat.of().parseHex(test.path("shared").textValue()), product.x(), id);
                        }
                    }
                    valid++;
                } else {
                    assertThrows(InvalidPointException.class, () -> EcPoint.of(curve, x, y), id);
                    offCurve++;
                }
            }
        }
        System.out.println("Wycheproof " + curve.crv() + ": " + valid + " valid, one of " + step
                + " tried with the JDK's curves too, " + offCurve
                + " off the curve refused, " + otherEncoding + " in an encoding that a JWK does not have");
        assertEquals(total, valid + offCurve + otherEncoding);
        assertTrue(valid > 300 && offCurve == 16, "fewer vectors than Wycheproof has");
    }
}
