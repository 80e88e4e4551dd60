package io.panocrypt.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.testkit.notify.HttpReceiver;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@PanocryptServer
class ClevisClientTest {
    private static final byte[] SECRET = "the key of a keyslot".getBytes(StandardCharsets.US_ASCII);

    private final Panocrypt panocrypt;
    private final ClevisClient clevis;

    ClevisClientTest(Panocrypt panocrypt, ClevisClient clevis) {
        this.panocrypt = panocrypt;
        this.clevis = clevis;
    }

    private Device device() {
        return panocrypt
                .devices()
                .create(
                        Actor.HOST,
                        DeviceChange.none().withName("web-1").withTags("prod").withSources("127.0.0.1"));
    }

    private String url(Device device) {
        return panocrypt.devices().unlockUrl(device);
    }

    @Test
    void decryptsWhatItEncrypts() throws Exception {
        Device device = device();
        String jwe = clevis.encrypt(url(device), SECRET);
        assertEquals(new ClevisResult.Decrypted(SECRET), clevis.decrypt(jwe));
        assertArrayEquals(
                new byte[0],
                clevis.decrypt(clevis.encrypt(url(device) + "/", new byte[0])).plaintext());
    }

    @Test
    void trustsTheOneWhoseThumbprintItIsGiven() throws Exception {
        Device device = device();
        String thumbprint = panocrypt.devices().thumbprint(device).orElseThrow();
        assertArrayEquals(
                SECRET,
                clevis.decrypt(clevis.encrypt(url(device), thumbprint, SECRET)).plaintext());
        // The server knows no key with this thumbprint.
        String other = thumbprint.substring(1) + "A";
        assertThrows(IOException.class, () -> clevis.encrypt(url(device), other, SECRET));
    }

    /** This server has an advertisement for each thumbprint. */
    @Test
    void trustsNoneThatIsNotSignedByIt() throws Exception {
        Device device = device();
        Device other = panocrypt
                .devices()
                .create(Actor.HOST, DeviceChange.none().withName("web-2").withCurve(Curve.P_256));
        String advertisement =
                new String(panocrypt.advertisement(device.token(), null).orElseThrow(), StandardCharsets.US_ASCII);
        String foreign = panocrypt.devices().thumbprint(other).orElseThrow();
        try (HttpReceiver server = HttpReceiver.plain()) {
            server.answer("HTTP/1.1 200 OK\r\nContent-Length: " + advertisement.length() + "\r\n\r\n" + advertisement);
            String url = "http://127.0.0.1:" + server.port();
            assertThrows(GeneralSecurityException.class, () -> clevis.encrypt(url, foreign, SECRET));
        }
    }

    @Test
    void saysWhatARefusalIs() throws Exception {
        Device device = device();
        String jwe = clevis.encrypt(url(device), SECRET);
        panocrypt.devices().disable(Actor.HOST, device.id());
        ClevisResult refused = clevis.decrypt(jwe);
        assertEquals(new ClevisResult.Refused(403), refused);
        String problem =
                assertThrows(IllegalStateException.class, refused::plaintext).getMessage();
        assertTrue(problem.contains("403"), problem);
        panocrypt.devices().revoke(Actor.HOST, device.id(), device.name());
        assertEquals(new ClevisResult.Refused(404), clevis.decrypt(jwe));
    }

    @Test
    void saysWhatWaitsForAPerson() throws Exception {
        Device device = device();
        String jwe = clevis.encrypt(url(device), SECRET);
        String alice = panocrypt
                .members()
                .create(Actor.HOST, new MemberChange("alice", Role.APPROVER, null), null)
                .member()
                .id();
        panocrypt
                .approvalGroups()
                .create(Actor.HOST, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice), 1));
        assertEquals(new ClevisResult.Pending(423), clevis.decrypt(jwe));
    }

    /** A JWE for a server that gives this answer. */
    @ParameterizedTest
    @CsvSource({
        "429, Unavailable",
        "503, Unavailable",
        "500, Unavailable",
        "302, Refused",
        "400, Refused",
        "423, Pending"
    })
    void tellsAnswersByTheirStatus(int status, String result) throws Exception {
        String advertisement =
                new String(panocrypt.advertisement(device().token(), null).orElseThrow(), StandardCharsets.US_ASCII);
        try (HttpReceiver server = HttpReceiver.plain()) {
            server.answerNext(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + advertisement.length() + "\r\n\r\n" + advertisement);
            server.answer(HttpReceiver.status(status));
            String jwe = clevis.encrypt("http://127.0.0.1:" + server.port(), SECRET);
            assertEquals(result + "[status=" + status + "]", clevis.decrypt(jwe).toString());
        }
    }

    @Test
    void nobodyThereIsAFault() throws Exception {
        String jwe;
        try (HttpReceiver server = HttpReceiver.plain()) {
            String advertisement = new String(
                    panocrypt.advertisement(device().token(), null).orElseThrow(), StandardCharsets.US_ASCII);
            server.answer("HTTP/1.1 200 OK\r\nContent-Length: " + advertisement.length() + "\r\n\r\n" + advertisement);
            jwe = clevis.encrypt("http://127.0.0.1:" + server.port(), SECRET);
        }
        assertThrows(IOException.class, () -> clevis.decrypt(jwe));
        assertThrows(GeneralSecurityException.class, () -> clevis.decrypt("a.b.c"));
    }

    @Test
    void showsNoSecret() throws Exception {
        Device device = device();
        ClevisResult result = clevis.decrypt(clevis.encrypt(url(device), SECRET));
        assertEquals("Decrypted", result.toString());
        assertNotEquals(new ClevisResult.Decrypted(new byte[SECRET.length]), result);
        IOException refusal = assertThrows(IOException.class, () -> clevis.encrypt(url(device) + "x", SECRET));
        assertFalse(refusal.toString().contains(device.token()), refusal::toString);
    }

    @Test
    @Tag("long")
    @RequiresTools({"clevis", "jose", "curl"})
    void stockClevisAndThisReadEachOther(URI base) throws Exception {
        String url = url(device());
        assertTrue(url.startsWith(base + "/u/"), url);
        assertArrayEquals(SECRET, run(clevis.encrypt(url, SECRET).getBytes(StandardCharsets.US_ASCII), "decrypt"));
        byte[] theirs = run(SECRET, "encrypt", "tang", "{\"url\":\"" + url + "\"}", "-y");
        assertArrayEquals(
                SECRET,
                clevis.decrypt(new String(theirs, StandardCharsets.US_ASCII)).plaintext());
    }

    private static byte[] run(byte[] input, String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("clevis").redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.command().addAll(java.util.List.of(words));
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        }
        byte[] output = process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor(), "clevis failed");
        return output;
    }
}
