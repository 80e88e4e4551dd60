package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL in the middle of a run on an allowance, a restart, and the rest of the run: never more answers than granted. */
class CrashTest {
    private static final int USES = 8;
    private static final int REQUESTS = 160;

    @TempDir
    private Path directory;

    @Test
    void neverAnswersMoreThanGrantedOverKillAndRestart() throws Exception {
        killInTheMiddle(20_261_122L);
    }

    @Tag("long")
    @RepeatedTest(20)
    void neverAnswersMoreThanGrantedOverManyKills() throws Exception {
        killInTheMiddle(System.nanoTime());
    }

    private void killInTheMiddle(long seed) throws Exception {
        Path data = directory.resolve("data");
        int killAfter = new Random(seed).nextInt(REQUESTS / 2);
        AtomicInteger answered = new AtomicInteger();
        String id;
        int port;
        List<HttpRequest> requests = new ArrayList<>();
        Client client = new Client(Curve.P_256);
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            port = server.port();
            JsonNode device = server.call("POST", "/devices", "{\"name\":\"d\",\"curve\":\"P-256\"}")
                    .ok();
            id = device.get("id").asText();
            String body = "{\"uses\":" + USES + ",\"source\":\"127.0.0.1\",\"skips\":[\"source\"]}";
            server.call("POST", "/devices/" + id + "/allowances", body).ok();
            URI base = URI.create(device.get("unlockUrl").asText());
            String kid = device.get("keys").get(0).get("exchange").asText();
            for (int i = 0; i < REQUESTS; i++) {
                requests.add(client.request(base, kid));
            }
            runUntil(killAfter, client, requests, answered, server);
        }
        try (ServerProcess server = ServerProcess.serve(data, port)) {
            for (HttpRequest request : requests) {
                answered.addAndGet(client.send(request) == 200 ? 1 : 0);
            }
            String told = "seed " + seed + ": " + answered + " answers of " + USES;
            assertTrue(answered.get() <= USES, told);
            JsonNode history = server.call("GET", "/devices/" + id + "/history?limit=500", "")
                    .ok();
            int spent = 0;
            for (JsonNode row : history.get("items")) {
                spent += row.get("outcome").asText().equals("allowed") ? 1 : 0;
            }
            assertEquals(USES, spent, told + ", each use stands in the history, answered or lost");
            JsonNode verified = server.call("POST", "/history/verify", "").ok();
            assertTrue(verified.get("intact").asBoolean(), told + verified);
        }
    }

    private static void runUntil(
            int killAfter, Client client, List<HttpRequest> requests, AtomicInteger answered, ServerProcess server)
            throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch enough = new CountDownLatch(killAfter);
        for (HttpRequest request : requests) {
            threads.submit(() -> {
                try {
                    answered.addAndGet(client.send(request) == 200 ? 1 : 0);
                } catch (IOException e) {
                    // The server was killed while it answered: no point has come.
                    return null;
                } finally {
                    enough.countDown();
                }
                return null;
            });
        }
        enough.await();
        server.kill();
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, java.util.concurrent.TimeUnit.SECONDS));
    }
}
