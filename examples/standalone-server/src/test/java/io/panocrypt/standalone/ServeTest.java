package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's process: its files, its first start, its stop. */
class ServeTest {
    @TempDir
    private Path directory;

    @Test
    void startsStopsAndStartsAgain() throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            assertTrue(server.announced()
                    .get(0)
                    .contains(data.resolve("admin-token").toString()));
            assertEquals("rwx------", permissions(data));
            assertEquals("rw-------", permissions(data.resolve("admin-token")));
            assertEquals("rw-------", permissions(data.resolve("master-key")));
            assertEquals(0, server.terminate());
        }
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            assertEquals(1, server.announced().size(), "first-start acts happen once");
            server.call("GET", "/devices", "").ok();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void refusesAStoreWithoutItsMasterKey() throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            server.terminate();
        }
        Path aside = directory.resolve("aside");
        Files.move(data.resolve("master-key"), aside);
        assertThrows(IOException.class, () -> ServerProcess.serve(data, 0));
        assertFalse(Files.exists(data.resolve("master-key")), "a new key would never fit");
        Files.move(aside, data.resolve("master-key"));
        ServerProcess.serve(data, 0).close();
    }

    @Test
    void refusesAStoreUnderAnotherMasterKey() throws IOException, InterruptedException {
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        for (Path data : new Path[] {one, two}) {
            try (ServerProcess server = ServerProcess.serve(data, 0)) {
                server.terminate();
            }
        }
        assertThrows(
                IOException.class,
                () -> ServerProcess.serve(
                        one, 0, "--master-key-file", two.resolve("master-key").toString()));
    }

    @Test
    void keepsOperatorsOnTheirOwnAddress() throws IOException, InterruptedException {
        try (ServerProcess server =
                ServerProcess.serve(directory.resolve("data"), 0, "--admin-listen", "127.0.0.1:0")) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/devices"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(404, answer.statusCode());
            String next = server.announced().get(1);
            String admin = next.substring(next.indexOf("--url ") + 6).split(" ")[0];
            answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(admin + "/api/v1/devices"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(401, answer.statusCode());
        }
    }
}
