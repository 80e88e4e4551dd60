package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSecretTest {
    /** The example from the tests of the Standard Webhooks specification's reference libraries. */
    @Test
    void signsAsTheConventionSays() {
        WebhookSecret secret = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertEquals(
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                secret.sign(
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Instant.ofEpochSecond(1_614_265_330),
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "whsec_",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_c2hvcnQ=",
                "whsec_Mf*Q9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            })
    void readsNothingElse(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse(text));
        assertFalse(refused.getMessage().contains("*"), refused.getMessage());
    }

    @Test
    void readsNoSecretThatIsTooLong() {
        String text = "whsec_" + Base64.getEncoder().encodeToString(new byte[65]);
        assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse(text));
    }

    @Test
    void revealsNothing() {
        assertEquals(
                "WebhookSecret",
                WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").toString());
    }
}
