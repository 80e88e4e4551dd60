package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock clevis and cryptsetup against the running server. */
@RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl"})
class StockClevisTest {
    /** All tests share one server; each has its own device. */
    @TempDir
    private static Path data;

    private static ServerProcess server;
    private static int devices;

    @TempDir
    private Path directory;

    private LuksFile disk;
    private JsonNode device;

    @BeforeAll
    static void serve() throws IOException {
        server = ServerProcess.serve(data.resolve("data"), 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void enrol() throws IOException {
        devices++;
        disk = new LuksFile(directory.resolve("disk.img"));
        device = server.call("POST", "/devices", "{\"name\":\"web-" + devices + "\",\"sources\":[\"127.0.0.1/32\"]}")
                .ok();
    }

    private String path(String act) {
        return "/devices/" + device.get("id").asText() + act;
    }

    private String url() {
        return device.get("unlockUrl").asText();
    }

    private void act(String act, String body) {
        server.call("POST", path(act), body).ok();
    }

    private List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        server.call("GET", path("/history"), "")
                .ok()
                .get("items")
                .forEach(row -> reasons.add(0, row.get("reason").asText()));
        return reasons;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/"})
    void bindsByThumbprintAndOpens(String tail) {
        disk.bind(url() + tail, device.get("thumbprint").asText());

        assertTrue(disk.opens(1));
        assertEquals(List.of("allowed"), reasons());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/"})
    void bindsBlindlyAndOpens(String tail) {
        disk.bindBlindly(url() + tail);

        assertTrue(disk.opens(1));
        assertTrue(disk.list().contains(url() + tail), disk.list());
        disk.unbind(1);
        assertFalse(disk.list().contains(url()), disk.list());
    }

    @Test
    void bindsByTheCommandThatTheAnswerPrints() {
        String command = device.get("bindCommand").asText();
        String prefix = "clevis luks bind -d /dev/... tang '";
        assertTrue(command.startsWith(prefix) && command.endsWith("'"), command);
        String config = command.substring(prefix.length(), command.length() - 1);

        Tool.run(
                        "typed".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        "clevis",
                        "luks",
                        "bind",
                        "-f",
                        "-k",
                        "-",
                        "-d",
                        directory.resolve("disk.img").toString(),
                        "tang",
                        config)
                .ok();

        assertTrue(disk.opens(1));
    }

    @Test
    void reportsAndRegeneratesAfterRotation() {
        disk.bindBlindly(url());
        assertTrue(disk.isCurrent(1));

        act("/rotate-keys", "");

        assertTrue(disk.opens(1), "a hidden key still answers");
        assertFalse(disk.isCurrent(1), "report tells of the rotation");
        disk.regenerate(1);
        assertTrue(disk.isCurrent(1));
        assertTrue(disk.opens(1));
    }

    @Test
    void refusesWhileDisabledAndOpensWhenEnabledAgain() {
        disk.bindBlindly(url());
        act("/disable", "");
        assertFalse(disk.opens(1));
        act("/enable", "");
        assertTrue(disk.opens(1));

        assertEquals(List.of("disabled", "allowed"), reasons());
    }

    @Test
    void allowsOnceExactly() {
        disk.bindBlindly(url());
        act("/disable", "");
        act("/allowances", "{\"uses\":1}");

        assertTrue(disk.opens(1));
        assertFalse(disk.opens(1));

        assertEquals(List.of("allowed-once", "disabled"), reasons());
    }

    @Test
    void opensEachOfTwoVolumesOnceByOneAllowance() throws IOException {
        LuksFile second = new LuksFile(directory.resolve("second.img"));
        disk.bindBlindly(url());
        second.bindBlindly(url());
        server.call("PATCH", path(""), "{\"volumes\":2}", "If-Match", "\"1\"").ok();
        act("/disable", "");
        act("/allowances", "{}");

        assertTrue(disk.opens(1));
        assertTrue(second.opens(1));
        assertFalse(disk.opens(1));
    }

    @Test
    void neverOpensAfterRevocation() {
        disk.bindBlindly(url());
        act("/revoke", "{\"confirm\":" + device.get("name") + "}");

        assertFalse(disk.opens(1));
        assertEquals(List.of("revoked"), reasons());
        assertEquals(
                "404",
                Tool.run(new byte[0], "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url() + "/adv")
                        .text());
    }

    @Test
    @Tag("long")
    void losesNothingOverARestart() throws IOException, InterruptedException {
        disk.bind(url(), device.get("thumbprint").asText());
        act("/disable", "");
        act("/allowances", "{\"uses\":2}");
        assertTrue(disk.opens(1));
        int port = server.port();
        assertEquals(0, server.terminate());

        server = ServerProcess.serve(data.resolve("data"), port);

        assertTrue(disk.opens(1), "one use is left");
        assertFalse(disk.opens(1), "and only one");
        assertEquals(List.of("allowed-once", "allowed-once", "disabled"), reasons());
        JsonNode verified = server.call("POST", "/history/verify", "").ok();
        assertTrue(verified.get("intact").asBoolean(), verified.toString());
    }
}
