package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job on keys goes on after a restart, in the server's background. */
@Tag("long")
class KeyJobServeTest {
    @TempDir
    private Path directory;

    private static JsonNode job(ServerProcess server, String id) {
        return server.call("GET", "/key-jobs/" + id, "").ok();
    }

    private static JsonNode await(ServerProcess server, String id, int changed) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TestTimeout.MAX_SECONDS);
        JsonNode job = job(server, id);
        while (job.path("changed").asInt() < changed && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(200);
            job = job(server, id);
        }
        return job;
    }

    @Test
    void rotatesTheKeysOfAllDevices() throws Exception {
        Path data = directory.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            for (int i = 0; i < 4; i++) {
                server.call("POST", "/devices", "{\"name\":\"web-" + i + "\",\"curve\":\"P-256\",\"tags\":[\"prod\"]}")
                        .ok();
            }
            id = server.call("POST", "/key-jobs", "{\"act\":\"rotate\",\"tags\":[\"prod\"],\"pace\":20}")
                    .ok()
                    .path("id")
                    .asText();
            assertTrue(await(server, id, 1).path("changed").asInt() >= 1);
        }
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            JsonNode job = await(server, id, 4);
            assertEquals(4, job.path("changed").asInt(), job::toString);
            assertEquals(0, job.path("failed").asInt());
            JsonNode report = server.call("GET", "/key-report", "").ok();
            assertEquals(4, report.path("withHidden").asInt());
            assertEquals(0, report.path("usingHidden").asInt());
        }
    }
}
