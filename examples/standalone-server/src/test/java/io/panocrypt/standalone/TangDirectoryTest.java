package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Migration of an existing Tang site: its key directory is served at the root path, and its bound disks stay unchanged.
 */
@RequiresTools({"clevis", "jose", "curl"})
class TangDirectoryTest {
    private static final byte[] NOTHING = {};
    private static final Path GOLDEN = Path.of(System.getProperty("panocrypt.root"), "..", "shared", "golden")
            .normalize();

    @TempDir
    private Path directory;

    private Path keys;

    @BeforeEach
    void makeDirectory() throws IOException {
        keys = Files.createDirectory(directory.resolve("keys"));
    }

    private void copyKeys(String folder) throws IOException {
        assumeTrue(Files.isDirectory(GOLDEN), "the golden artefacts are not beside this checkout");
        try (Stream<Path> all = Files.list(GOLDEN.resolve(folder))) {
            for (Path key : all.toList()) {
                Files.copy(key, keys.resolve(key.getFileName()));
            }
        }
    }

    private static byte[] decrypt(String jwe, ServerProcess server, String formerUrl) {
        // The URL is in the protected header, so the golden JWE needs a curl that is redirected to this server.
        String target = "127.0.0.1:" + server.port();
        String former = formerUrl.substring("http://".length());
        return Tool.run(
                        jwe.getBytes(StandardCharsets.US_ASCII),
                        "env",
                        "CURL_HOME=" + curlHome(former, target),
                        "clevis",
                        "decrypt")
                .ok()
                .output();
    }

    private static Path curlHome(String former, String target) {
        try {
            Path home = Files.createTempDirectory("curl");
            Files.writeString(home.resolve(".curlrc"), "connect-to = " + former + ":" + target + "\n");
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "keys-a, 18081, tang-a-1 tang-a-2-newline tang-a-3-trailing-slash tang-a-4-empty tang-a-7-offline-adv-object"
                + " tang-a-14-rotated-key",
        "keys-b, 18082, tang-b-1",
        "keys-c, 18083, tang-c-1",
        "keys-p256, 18088, tang-p256"
    })
    void opensWhatWasBoundToTang(String folder, int port, String names) throws IOException {
        copyKeys(folder);
        try (ServerProcess server = ServerProcess.serveTang(keys)) {
            for (String name : names.split(" ")) {
                String jwe = Files.readString(GOLDEN.resolve("jwe/" + name + ".jwe"));
                byte[] plain = Files.readAllBytes(GOLDEN.resolve("jwe/" + name + ".plain"));
                assertArrayEquals(plain, decrypt(jwe, server, "http://127.0.0.1:" + port), name);
            }
        }
    }

    @Test
    void makesKeysInAnEmptyDirectoryAsTangdDoes() throws IOException {
        try (ServerProcess server = ServerProcess.serveTang(keys)) {
            String jwe = encrypt(server.url());
            assertArrayEquals(
                    "secret".getBytes(StandardCharsets.US_ASCII),
                    Tool.run(jwe.getBytes(StandardCharsets.US_ASCII), "clevis", "decrypt")
                            .ok()
                            .output());
        }
        try (Stream<Path> made = Files.list(keys)) {
            List<Path> files = made.toList();
            assertEquals(2, files.size(), files::toString);
            for (Path file : files) {
                assertEquals("r--r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                String thumbprint = Tool.run(NOTHING, "jose", "jwk", "thp", "-a", "S256", "-i", file.toString())
                        .ok()
                        .text();
                assertEquals(thumbprint.strip() + ".jwk", file.getFileName().toString());
            }
        }
    }

    @Test
    void readsTheDirectoryAgainWhenItChanges() throws IOException {
        try (ServerProcess server = ServerProcess.serveTang(keys)) {
            String before = encrypt(server.url());
            try (Stream<Path> visible = Files.list(keys)) {
                for (Path key : visible.toList()) {
                    Files.move(key, keys.resolve("." + key.getFileName()));
                }
            }
            String after = encrypt(server.url());
            assertNotEquals(kid(before), kid(after), "hidden keys are no longer advertised");
            for (String jwe : List.of(before, after)) {
                assertEquals(
                        "secret",
                        Tool.run(jwe.getBytes(StandardCharsets.US_ASCII), "clevis", "decrypt")
                                .ok()
                                .text());
            }
            try (Stream<Path> all = Files.list(keys)) {
                for (Path key : all.filter(file -> file.getFileName().toString().startsWith("."))
                        .toList()) {
                    Files.delete(key);
                }
            }
            assertNotEquals(
                    0,
                    Tool.run(before.getBytes(StandardCharsets.US_ASCII), "clevis", "decrypt")
                            .exit());
        }
    }

    @Test
    void recoversOnlyForAllowedSources() throws IOException {
        try (ServerProcess server = ServerProcess.serveTang(keys, "--tang-allow", "203.0.113.0/24")) {
            String jwe = encrypt(server.url());
            assertNotEquals(
                    0,
                    Tool.run(jwe.getBytes(StandardCharsets.US_ASCII), "clevis", "decrypt")
                            .exit());
        }
    }

    @Test
    void servesTheRestOfADirectoryWithOneBadFileAndSaysSoInItsReadiness() throws Exception {
        try (ServerProcess server = ServerProcess.serveTang(keys)) {
            assertEquals("ok", get(server.url() + "/readyz").body());
            String jwe = encrypt(server.url());
            Files.createSymbolicLink(keys.resolve("bad.jwk"), Path.of("nowhere"));
            assertEquals("secret", decrypt(jwe));
            assertEquals("secret", decrypt(encrypt(server.url())));
            assertEquals(
                    "ok\nbad.jwk: it is a link to a file that does not exist",
                    get(server.url() + "/readyz").body());
        }
    }

    @Test
    void isNotReadyAndServesNothingUntilThereIsAKeyToServe() throws Exception {
        Path bad = Files.writeString(keys.resolve("bad.jwk"), "{");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String url = "http://127.0.0.1:" + port;
        CompletableFuture<ServerProcess> starting = CompletableFuture.supplyAsync(() -> {
            try {
                return ServerProcess.serveTang(keys, port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            HttpResponse<String> answer = awaitAnswer(url + "/readyz", starting);
            assertEquals(503, answer.statusCode());
            assertTrue(
                    answer.body()
                            .contains("the key directory has no visible signing key;"
                                    + " skipped are bad.jwk: not one JSON value"),
                    answer.body());
            assertEquals(503, get(url + "/adv").statusCode());
            assertEquals(200, get(url + "/healthz").statusCode());
            assertFalse(starting.isDone(), "no line says that it is ready");
            try (Stream<Path> files = Files.list(keys)) {
                assertEquals(List.of(bad), files.toList(), "no key was made");
            }
        } finally {
            Files.delete(bad);
            try (ServerProcess server = starting.get(1, TimeUnit.MINUTES)) {
                assertEquals(200, get(server.url() + "/adv").statusCode());
            }
        }
    }

    private static HttpResponse<String> awaitAnswer(String url, CompletableFuture<?> unlessDone) throws Exception {
        while (!unlessDone.isDone()) {
            try {
                return get(url);
            } catch (ConnectException e) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new AssertionError("it was ready, or ended");
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String decrypt(String jwe) {
        return Tool.run(jwe.getBytes(StandardCharsets.US_ASCII), "clevis", "decrypt")
                .ok()
                .text();
    }

    private static String encrypt(String url) {
        Tool.Result made = Tool.run(
                "secret".getBytes(StandardCharsets.US_ASCII),
                "clevis",
                "encrypt",
                "tang",
                "{\"url\":\"" + url + "\"}",
                "-y");
        return made.ok().text();
    }

    private static String kid(String jwe) {
        String header =
                new String(Base64.getUrlDecoder().decode(jwe.substring(0, jwe.indexOf('.'))), StandardCharsets.UTF_8);
        int at = header.indexOf("\"kid\":\"");
        assertTrue(at >= 0, header);
        return header.substring(at + 7, at + 50);
    }
}
