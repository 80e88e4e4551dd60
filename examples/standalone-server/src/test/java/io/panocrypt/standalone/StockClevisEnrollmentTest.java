package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine enrols itself and binds its volume with the answer, using curl, sh, clevis and cryptsetup. */
@RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl"})
class StockClevisEnrollmentTest {
    private static final byte[] NOTHING = {};

    /** All tests share one server; each has its own enrollment key and device. */
    @TempDir
    private static Path data;

    private static ServerProcess server;
    private static int tests;

    @TempDir
    private Path directory;

    private Path volume;
    private LuksFile disk;
    private String device;

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.serve(data.resolve("data"), LowPorts.free());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void format() throws IOException {
        tests++;
        device = "web-" + tests;
        volume = directory.resolve("disk.img");
        disk = new LuksFile(volume);
    }

    private String key(String members) {
        return server.call(
                        "POST",
                        "/enrollment-keys",
                        "{\"name\":\"rack-" + tests + "\",\"registerSource\":true" + members + "}")
                .ok()
                .path("secret")
                .asText();
    }

    private Tool.Result enroll(String secret, String name, String... more) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-H", "Authorization: Bearer " + secret));
        command.addAll(List.of(more));
        command.addAll(List.of("-d", "{\"name\":\"" + name + "\"}", server.url() + "/enroll"));
        return Tool.run(NOTHING, command).ok();
    }

    private Tool.Result bindByScript(byte[] script) throws IOException {
        Path file = Files.write(directory.resolve("bind.sh"), script);
        Path passphrase = Files.writeString(directory.resolve("passphrase"), "typed");
        return Tool.run(
                NOTHING, "env", "PANOCRYPT_PASSPHRASE_FILE=" + passphrase, "sh", file.toString(), volume.toString());
    }

    private static void serveAgain() throws IOException {
        server = ServerProcess.serve(data.resolve("data"), server.port());
    }

    @Test
    void bindsByItsScriptWhileTheServerIsAwayAndOpensWhenItIsBack() throws Exception {
        byte[] script =
                enroll(key(""), device, "-H", "Accept: text/x-shellscript").output();
        server.terminate();
        bindByScript(script).ok();
        assertTrue(bindByScript(script).ok().errors().contains("bound already"));
        assertFalse(disk.opens(1));

        serveAgain();

        assertTrue(disk.opens(1));
        assertEquals(1, disk.list().lines().count(), disk.list());
    }

    @Test
    void bindsEveryVolumeThatThePassphraseFileOpensAsItIsOrAsItWasTyped() throws Exception {
        Path script = Files.write(
                directory.resolve("bind.sh"),
                enroll(key(""), device, "-H", "Accept: text/x-shellscript").output());
        byte[] typed = " -\\n \"typed\" 'here'".getBytes(StandardCharsets.US_ASCII);
        byte[] line = (new String(typed, StandardCharsets.US_ASCII) + "\n").getBytes(StandardCharsets.US_ASCII);
        LuksFile luks1 = new LuksFile(directory.resolve("luks 1.img"), "luks1", typed);
        LuksFile luks2 = new LuksFile(directory.resolve("-luks2.img"), "luks2", typed);
        LuksFile byFile = new LuksFile(directory.resolve("file.img"), "luks2", line);
        Path other = directory.resolve("other.img");
        LuksFile another = new LuksFile(other, "luks2", "another".getBytes(StandardCharsets.US_ASCII));
        Path passphrase = Files.write(directory.resolve("passphrase"), line);

        List<String> command = List.of(
                "env",
                "-C",
                directory.toString(),
                "PANOCRYPT_PASSPHRASE_FILE=" + passphrase,
                "sh",
                script.toString(),
                "other.img",
                "missing.img",
                "luks 1.img",
                "-luks2.img",
                "file.img");
        Tool.Result bound = Tool.run(NOTHING, command);

        assertEquals(1, bound.exit(), bound.errors());
        assertTrue(
                bound.errors()
                        .endsWith("other.img is NOT bound\n"
                                + "missing.img: it is no LUKS volume, or the passphrase in " + passphrase
                                + " does not open it\nmissing.img is NOT bound\nluks 1.img is bound\n"
                                + "./-luks2.img is bound\nfile.img is bound\n2 of 5 volumes are not bound;"
                                + " run this again for them; it skips the others\n"),
                bound.errors());
        assertFalse(bound.errors().contains("typed"), "the passphrase is not printed");
        assertTrue(luks1.opens(1));
        assertTrue(luks2.opens(1));
        assertTrue(byFile.opens(1));
        assertEquals("", another.list());
    }

    @Test
    void bindsByAnAdvertisementInFileAndTrustsNoOther() throws Exception {
        JsonNode enrolled = new ObjectMapper().readTree(enroll(key(""), device).output());
        String url = enrolled.path("unlockUrl").asText();
        Path kit = directory.resolve("adv.jws");
        Files.write(kit, Tool.run(NOTHING, "curl", "-sSf", url + "/adv").ok().output());
        Path foreign = directory.resolve("foreign.jws");
        String other = server.call("POST", "/devices", "{\"name\":\"other\"}")
                .ok()
                .path("unlockUrl")
                .asText();
        Files.write(
                foreign, Tool.run(NOTHING, "curl", "-sSf", other + "/adv").ok().output());
        server.terminate();

        assertFalse(bindByKit(url, foreign, enrolled).exit() == 0, "another device's keys are not trusted");
        bindByKit(url, kit, enrolled).ok();
        serveAgain();

        assertTrue(disk.opens(1));
    }

    private Tool.Result bindByKit(String url, Path kit, JsonNode enrolled) {
        return Tool.run(
                "typed".getBytes(StandardCharsets.US_ASCII),
                "clevis",
                "luks",
                "bind",
                "-f",
                "-k",
                "-",
                "-d",
                volume.toString(),
                "tang",
                "{\"url\":\"" + url + "\",\"thp\":\""
                        + enrolled.path("thumbprint").asText() + "\",\"adv\":\"" + kit + "\"}");
    }

    @Test
    void opensNothingUntilAnOperatorConfirms() throws Exception {
        byte[] script = enroll(key(",\"initialState\":\"PENDING\""), device, "-H", "Accept: text/x-shellscript")
                .output();
        assertTrue(bindByScript(script).ok().errors().contains("confirmation"));
        assertFalse(disk.opens(1));
        JsonNode pending = server.call("GET", "/devices?state=PENDING", "")
                .ok()
                .path("items")
                .get(0);

        server.call("POST", "/devices/" + pending.path("id").asText() + "/confirm", "")
                .ok();

        assertTrue(disk.opens(1));
    }

    @Test
    void enrolsAsOftenAsTheKeyAdmits() {
        String secret = key("");
        String[] status = {"-o", "/dev/null", "-w", "%{http_code}"};
        assertEquals("201", enroll(secret, device, status).text());
        assertEquals("401", enroll(secret, "one-more", status).text());
        List<String> names =
                server.call("GET", "/devices", "").ok().path("items").findValuesAsText("name");
        assertTrue(names.contains(device), names::toString);
        assertFalse(names.contains("one-more"), names::toString);
    }
}
