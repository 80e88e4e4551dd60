package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Repeats every exchange that José computed. */
class EcmrGoldenTest {
    private static final List<EcEngine> ENGINES =
            List.of(new JcaEngine(new SecureRandom()), new StandardEngine(new SecureRandom()));

    static List<JsonNode> cases() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        Golden.json("ecmr/ecmr-cases.json").path("cases").forEach(cases::add);
        return cases;
    }

    @Test
    void seesAllCases() throws IOException {
        assertEquals(36, cases().size());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithJose(JsonNode example) throws InvalidPointException, RecoveryRequestException {
        switch (example.path("name").textValue()) {
            case "P-521-remote-off-curve", "P-521-remote-zero-zero" ->
                assertThrows(InvalidPointException.class, () -> Golden.point(example.path("remote")));
            case "P-521-alg-differs" ->
                assertThrows(RecoveryRequestException.class, () -> {
                    RecoveryRequest.parse(bytes(example.path("remote")));
                    RecoveryRequest.parse(bytes(example.path("local")));
                });
            case "P-521-result-x-zero" ->
                // José cannot write a zero coordinate, but the point is valid.
                assertArrayEquals(new byte[66], exchange(example).orElseThrow().x());
            default -> {
                Optional<EcPoint> expected = example.path("result").isNull()
                        ? Optional.empty()
                        : Optional.of(Golden.point(example.path("result")));
                assertEquals(expected, exchange(example));
            }
        }
    }

    private Optional<EcPoint> exchange(JsonNode example) throws InvalidPointException {
        JsonNode local = example.path("local");
        EcPoint remote = Golden.point(example.path("remote"));
        if (local.has("d")) {
            List<EcPoint> answers = new ArrayList<>();
            for (EcEngine engine : ENGINES) {
                try (EcKeyPair pair = Golden.pair(local);
                        ScalarMultiplier multiplier = engine.multiplier(pair)) {
                    answers.add(multiplier.multiply(remote));
                }
            }
            assertEquals(answers.get(0), answers.get(1), "the engines disagree");
            return Optional.of(answers.get(0));
        }
        EcPoint point = Golden.point(local);
        return example.path("remote").has("d") ? point.add(remote) : point.add(remote.negate());
    }

    private static byte[] bytes(JsonNode jwk) {
        return jwk.toString().getBytes(StandardCharsets.UTF_8);
    }
}
