package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock clevis against a server whose device keys are in a PKCS#11 token. */
@RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl", "softhsm2-util"})
@Tag("long")
class StockClevisTokenTest {
    private static final String PIN = "12345678";

    @TempDir
    private Path directory;

    private Map<String, String> environment;
    private String uri;

    @BeforeEach
    void makeToken() throws IOException, InterruptedException {
        Path tokens = Files.createDirectory(directory.resolve("tokens"));
        Path settings = Files.writeString(
                directory.resolve("softhsm2.conf"), "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
        environment = Map.of("SOFTHSM2_CONF", settings.toString());
        Path pin = Files.createFile(
                directory.resolve("pin"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(pin, PIN + "\n");
        ProcessBuilder init = new ProcessBuilder(
                        "softhsm2-util", "--init-token", "--free", "--label", "unlock", "--pin", PIN, "--so-pin", PIN)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        init.environment().putAll(environment);
        assertEquals(0, init.start().waitFor());
        uri = "pkcs11:token=unlock?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:" + pin;
    }

    private ServerProcess serve(int port, String... more) throws IOException {
        return ServerProcess.serveIn(environment, directory.resolve("data"), port, more);
    }

    private long objects() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("tokens"))) {
            return files.filter(file -> file.toString().endsWith(".object")).count();
        }
    }

    private static JsonNode add(ServerProcess server, String name, String more) {
        return server.call("POST", "/devices", "{\"name\":\"" + name + "\",\"sources\":[\"127.0.0.1/32\"]" + more + "}")
                .ok();
    }

    @Test
    void unlocksThroughAKeyThatNeverLeavesTheToken() throws Exception {
        LuksFile disk = new LuksFile(directory.resolve("disk.img"));
        LuksFile other = new LuksFile(directory.resolve("other.img"));
        String device;
        int port;
        try (ServerProcess server = serve(0, "--pkcs11", uri, "--default-custody", "pkcs11")) {
            port = server.port();
            JsonNode made = add(server, "web", "");
            device = "/devices/" + made.get("id").asText();
            assertEquals("pkcs11", made.at("/keys/0/custody").asText());
            disk.bind(made.get("unlockUrl").asText(), made.get("thumbprint").asText());
            assertTrue(disk.opens(1));
            JsonNode own = add(server, "db", ",\"custody\":\"site\"");
            assertEquals("site", own.at("/keys/0/custody").asText());
            other.bindBlindly(own.get("unlockUrl").asText());
        }
        try (ServerProcess server = ServerProcess.serve(directory.resolve("data"), port)) {
            assertFalse(disk.opens(1), "a node without the token");
            assertTrue(other.opens(1), "the other device is answered");
            String warnings =
                    server.call("GET", device, "").ok().get("warnings").toString();
            assertTrue(warnings.contains("custody pkcs11, which is not configured on this node"), warnings);
        }
        try (ServerProcess server = serve(port, "--pkcs11", uri)) {
            assertTrue(disk.opens(1), "after a restart with the token");
            long before = objects();
            server.call("POST", device + "/revoke", "{\"confirm\":\"web\"}").ok();
            assertEquals(before - 4, objects(), "two keys and their certificates");
            assertFalse(disk.opens(1));
            assertEquals(200, ready(server));
            Files.move(directory.resolve("tokens"), directory.resolve("lost"));
            // The token is asked at most every 2 seconds.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TestTimeout.MAX_SECONDS);
            while (ready(server) != 503 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertEquals(503, ready(server), "without its token");
            assertTrue(other.opens(1), "a device in the other custody");
        }
    }

    private static int ready(ServerProcess server) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + "/readyz")).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
