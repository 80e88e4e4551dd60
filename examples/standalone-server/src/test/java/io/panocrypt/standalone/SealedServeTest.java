package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose master key operators hold in shares. */
class SealedServeTest {
    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> servers = new ArrayList<>();
    private BufferedReader out = new BufferedReader(BufferedReader.nullReader());
    private String url = "";

    private static Tool.Result command(String... arguments) {
        return Tool.main(new byte[0], arguments);
    }

    @BeforeEach
    void makeShares() throws IOException {
        makeShares("ours");
    }

    @AfterEach
    void stop() {
        servers.forEach(Process::destroyForcibly);
    }

    private void makeShares(String name) throws IOException {
        Path key = directory.resolve(name + "-key");
        Path shares = Files.createDirectory(directory.resolve(name));
        command("master-key", "create", key.toString()).ok();
        command("master-key", "split", key.toString(), "--shares", "3", "--threshold", "2", "--out", shares.toString())
                .ok();
        Files.delete(key);
    }

    private String share(String set, int index) {
        return directory.resolve(set).resolve("share-" + index).toString();
    }

    /** Starts a sealed server with separate addresses, and reads where operators reach it. */
    private void serveSealed() throws IOException {
        List<String> command = Tool.java();
        command.addAll(List.of(
                "serve",
                "--sealed",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
                "--data",
                directory.resolve("data").toString()));
        Process server = new ProcessBuilder(command)
                .redirectError(directory.resolve("log").toFile())
                .start();
        servers.add(server);
        out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        url = awaitLine("sealed ");
    }

    private String awaitLine(String prefix) throws IOException {
        String line = out.readLine();
        while (line != null) {
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
            line = out.readLine();
        }
        throw new IOException("the server ended without " + prefix + Files.readString(directory.resolve("log")));
    }

    private HttpResponse<String> get(String base, String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(base + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private Tool.Result unseal(String set, int index) {
        return command("unseal", "--url", url, "--share-file", share(set, index));
    }

    @Test
    void answersNothingUntilEnoughSharesAreThere() throws Exception {
        serveSealed();
        HttpResponse<String> ready = get(url, "/readyz");
        assertEquals(503, ready.statusCode());
        assertTrue(ready.body().contains("sealed"), ready.body());
        assertEquals(200, get(url, "/healthz").statusCode());
        assertEquals(503, get(url, "/api/v1/devices").statusCode());

        assertEquals(
                "share 1 is kept; 1 of 2 are there\n", unseal("ours", 1).ok().text());
        assertEquals(503, get(url, "/readyz").statusCode());
        makeShares("theirs");
        String foreign = unseal("theirs", 2).ok().text();
        assertEquals("share 2 is kept, of another set than others; 1 of 2 are there\n", foreign);
        assertEquals("the service is open\n", unseal("ours", 3).ok().text());
        String devices = awaitLine("ready ");
        assertEquals(200, get(url, "/readyz").statusCode());
        assertEquals(404, get(devices, "/unseal").statusCode());
        assertEquals(3, unseal("ours", 1).exit(), "it is open");
        assertEquals(
                0,
                command(
                                "device",
                                "add",
                                "web-1",
                                "--url",
                                url,
                                "--token-file",
                                directory.resolve("data/admin-token").toString())
                        .exit());
        assertFalse(Files.exists(directory.resolve("data/master-key")));
        assertLogHoldsNoShare();
    }

    private void assertLogHoldsNoShare() throws IOException {
        String log = Files.readString(directory.resolve("log"));
        for (int index = 1; index <= 3; index++) {
            String text = Files.readString(directory.resolve("ours/share-" + index));
            assertFalse(log.contains(text.substring(60)), "a share is in the log");
        }
    }

    @Test
    @Tag("long")
    void opensWithTheSharesOfItsOwnKeyOnly() throws Exception {
        serveSealed();
        unseal("ours", 1).ok();
        unseal("ours", 2).ok();
        awaitLine("ready ");
        Process running = servers.get(0);
        running.destroy();
        assertTrue(running.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        makeShares("theirs");
        serveSealed();
        unseal("theirs", 1).ok();
        Tool.Result refused = unseal("theirs", 2);
        assertEquals(1, refused.exit());
        assertTrue(refused.errors().contains("another master key"), refused.errors());
        unseal("ours", 2).ok();
        unseal("ours", 1).ok();
        awaitLine("ready ");
        assertLogHoldsNoShare();
    }

    @Test
    void takesSharesAtTheOperatorsAddressOnly() throws Exception {
        serveSealed();
        HttpRequest tooLong = HttpRequest.newBuilder(URI.create(url + "/unseal"))
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(257)))
                .build();
        assertEquals(
                413, http.send(tooLong, HttpResponse.BodyHandlers.ofString()).statusCode());
        HttpRequest wrong = HttpRequest.newBuilder(URI.create(url + "/unseal"))
                .POST(HttpRequest.BodyPublishers.ofString("pk1-abc"))
                .build();
        HttpResponse<String> refused = http.send(wrong, HttpResponse.BodyHandlers.ofString());
        assertEquals(409, refused.statusCode());
        assertTrue(refused.body().contains("no share"), refused.body());
        Process server = servers.get(0);
        server.destroy();
        assertTrue(server.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "a sealed server does not stop");
        assertEquals(0, server.exitValue());
    }

    @Test
    void sendsAShareThroughNoOpenNetwork() {
        Tool.Result refused = command("unseal", "--url", "http://192.0.2.1:8080", "--share-file", share("ours", 1));
        assertEquals(2, refused.exit());
        assertTrue(refused.errors().contains("https"), refused.errors());
    }
}
