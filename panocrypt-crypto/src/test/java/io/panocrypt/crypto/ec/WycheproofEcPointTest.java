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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Project Wycheproof's ECDH point vectors, read from a directory next to the repository. */
class WycheproofEcPointTest {
    private static final List<EcEngine> ENGINES =
            List.of(new JcaEngine(new SecureRandom()), new StandardEngine(new SecureRandom()));

    @ParameterizedTest
    @EnumSource
    void answersEveryVectorAsItShould(Curve curve) throws IOException, InvalidPointException {
        Path file = Path.of(System.getProperty("panocrypt.root", "."))
                .resolve("../shared/vectors/ecdh_" + curve.jcaName() + "_ecpoint_test.json");
        assumeTrue(
                Files.isRegularFile(file), "Wycheproof vectors are not next to the repository: " + file.getFileName());
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
                    for (EcEngine engine : ENGINES) {
                        try (EcKeyPair pair = Oracle.pair(curve, k);
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
        System.out.println("Wycheproof " + curve.crv() + ": " + valid + " valid exact, " + offCurve
                + " off the curve refused, " + otherEncoding + " in an encoding that a JWK does not have");
        assertEquals(total, valid + offCurve + otherEncoding);
        assertTrue(valid > 300 && offCurve == 16, "fewer vectors than Wycheproof has");
    }
}
