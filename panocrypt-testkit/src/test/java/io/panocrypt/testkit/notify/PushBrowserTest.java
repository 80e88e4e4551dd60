package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests with the example of RFC 8291, appendix A. */
class PushBrowserTest {
    private static final String UA_PUBLIC =
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private static final byte[] BODY = decode("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMo"
            + "ZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNW"
            + "QexSgSxsj_Qulcy4a-fN");

    private PushBrowser browser;

    @BeforeEach
    void openBrowser() throws GeneralSecurityException {
        byte[] point = decode(UA_PUBLIC);
        browser = new PushBrowser(
                EcKeyPair.of(
                        Curve.P_256,
                        decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
                        EcPoint.of(Curve.P_256, Arrays.copyOfRange(point, 1, 33), Arrays.copyOfRange(point, 33, 65))),
                decode("BTBZMqHH6r4Tts7J_aSIgg"));
    }

    private static byte[] decode(String base64url) {
        return Base64.getUrlDecoder().decode(base64url);
    }

    @Test
    void decryptsTheExampleOfTheRfc() throws GeneralSecurityException {
        assertEquals(UA_PUBLIC, browser.p256dh());
        assertEquals("BTBZMqHH6r4Tts7J_aSIgg", browser.auth());
        assertEquals(
                "When I grow up, I want to be a watermelon", new String(browser.decrypt(BODY), StandardCharsets.UTF_8));
    }

    @Test
    void dropsWhatWasChanged() {
        for (int at = 0; at < BODY.length; at++) {
            // The record size is not authenticated; a larger one changes nothing.
            if (at < 16 || at > 19) {
                byte[] changed = BODY.clone();
                changed[at] ^= 1;
                assertThrows(GeneralSecurityException.class, () -> browser.decrypt(changed), "byte " + at);
            }
        }
    }

    @Test
    void dropsWhatIsCutAndARecordSizeThatIsNotAboveTheRecords() {
        assertThrows(GeneralSecurityException.class, () -> browser.decrypt(Arrays.copyOf(BODY, BODY.length - 1)));
        assertThrows(GeneralSecurityException.class, () -> browser.decrypt(new byte[0]));
        byte[] small = BODY.clone();
        small[18] = 0;
        small[19] = (byte) (BODY.length - 86);
        assertThrows(GeneralSecurityException.class, () -> browser.decrypt(small));
    }
}
