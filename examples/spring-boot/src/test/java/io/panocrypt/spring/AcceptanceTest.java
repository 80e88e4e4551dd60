package io.panocrypt.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Spring application of at most 60 lines serves stock clevis, with approval by a user of Spring Security, a rule that
 * denies at night, and PostgreSQL.
 */
@Tag("long")
@RequiresTools({"clevis", "jose", "curl"})
class AcceptanceTest {
    private static final byte[] SECRET = "a passphrase".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private record Run(int exit, byte[] output) {}

    private static Run run(byte[] input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        }
        byte[] output = process.getInputStream().readAllBytes();
        return new Run(process.waitFor(), output);
    }

    private static boolean opens(byte[] encrypted) throws IOException, InterruptedException {
        Run run = run(encrypted, "clevis", "decrypt");
        assertEquals(run.exit() == 0 ? "a passphrase" : "", new String(run.output(), StandardCharsets.US_ASCII));
        return run.exit() == 0;
    }

    private static JsonNode newest(Host host, String device) {
        return host.call(Host.ROOT, "GET", "/devices/" + device + "/history?limit=1", "")
                .get("items")
                .get(0);
    }

    private static void approve(Host host) {
        JsonNode items =
                host.call(Host.ALICE, "GET", "/requests?state=PENDING", "").get("items");
        assertEquals(1, items.size(), items.toString());
        String request = items.get(0).get("id").asText();
        host.call(Host.ALICE, "POST", "/requests/" + request + "/approve", "{\"comment\":\"kernel update\"}");
    }

    @Test
    void servesStockClevis() throws Exception {
        try (DebianPostgresql postgresql = DebianPostgresql.start()) {
            String url = "jdbc:postgresql://127.0.0.1:" + postgresql.port() + "/postgres";
            int port = LowPorts.free();
            byte[] encrypted;
            String device;
            try (Host host = new Host(port, folder, url)) {
                String alice = host.call(Host.ALICE, "GET", "/members/me", "")
                        .get("id")
                        .asText();
                JsonNode made = host.call(
                        Host.ROOT,
                        "POST",
                        "/devices",
                        "{\"name\":\"web-1\",\"sources\":[\"127.0.0.1\"],\"tags\":[\"prod\"]}");
                device = made.get("id").asText();
                host.call(
                        Host.ROOT,
                        "POST",
                        "/approval-groups",
                        "{\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[\"" + alice
                                + "\"],\"quorum\":1}");
                // With a slash at the end, as people write it.
                String config = "{\"url\":\"" + made.get("unlockUrl").asText() + "/\"}";
                Run bound = run(SECRET, "clevis", "encrypt", "tang", config, "-y");
                assertEquals(0, bound.exit());
                encrypted = bound.output();

                assertFalse(opens(encrypted), "nobody has approved");
                assertEquals(
                        "approval-pending", newest(host, device).get("reason").asText());
                approve(host);
                assertTrue(opens(encrypted), "alice has approved");

                host.setTime(Host.NIGHT);
                assertFalse(opens(encrypted), "it is night");
                assertEquals("rule:day-only", newest(host, device).get("reason").asText());
            }
            try (Host again = new Host(port, folder, url)) {
                assertFalse(opens(encrypted));
                assertEquals(
                        "approval-pending", newest(again, device).get("reason").asText());
                approve(again);
                assertTrue(opens(encrypted), "the key and the store are those of the first start");
                assertTrue(again.call(Host.ROOT, "POST", "/history/verify", "")
                        .get("intact")
                        .asBoolean());
            }
        }
    }
}
