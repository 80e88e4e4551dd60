package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL during unlocks and edits, a restart, and the remaining unlocks: nothing is lost or granted twice. */
class CrashTest {
    private static final int USES = 8;
    private static final int REQUESTS = 160;
    private static final int THREADS = 8;

    @TempDir
    private Path directory;

    @Test
    void neverAnswersMoreThanGrantedOverKillAndRestart() throws Exception {
        kill(1, 20_261_122L);
    }

    /** The restart in one round is the start of the next. */
    @Test
    @Tag("long")
    void neverAnswersMoreThanGrantedOverManyKills() throws Exception {
        kill(Integer.getInteger("panocrypt.kills", 25), System.nanoTime());
    }

    private void kill(int rounds, long seed) throws Exception {
        System.out.println("kills of seed " + seed);
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        ServerProcess server = ServerProcess.serve(data, LowPorts.free());
        try {
            for (int round = 0; round < rounds; round++) {
                Round begun = new Round(server, "d" + round, "round " + round + " of seed " + seed);
                begun.runUntil(random.nextInt(REQUESTS / 2));
                server = ServerProcess.serve(data, server.port());
                begun.finish(server);
            }
        } finally {
            server.close();
        }
    }

    /** A device with an allowance. Machines unlock it and an operator edits it until the server is killed. */
    private static final class Round {
        private final ServerProcess server;
        private final String told;
        private final Client client = new Client(Curve.P_256);
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger edited = new AtomicInteger(1);
        private final List<HttpRequest> requests = new ArrayList<>();
        private final String device;

        Round(ServerProcess server, String name, String told) {
            this.server = server;
            this.told = told;
            JsonNode made = server.call("POST", "/devices", "{\"name\":\"" + name + "\",\"curve\":\"P-256\"}")
                    .ok();
            device = "/devices/" + made.get("id").asText();
            String body = "{\"uses\":" + USES + ",\"source\":\"127.0.0.1\",\"skips\":[\"source\"]}";
            server.call("POST", device + "/allowances", body).ok();
            URI base = URI.create(made.get("unlockUrl").asText());
            String kid = made.get("keys").get(0).get("exchange").asText();
            for (int i = 0; i < REQUESTS; i++) {
                requests.add(client.request(base, kid));
            }
        }

        void runUntil(int killAfter) throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
            CountDownLatch enough = new CountDownLatch(killAfter);
            Future<?> operator = threads.submit(this::edit);
            for (HttpRequest request : requests) {
                threads.submit(() -> {
                    try {
                        answered.addAndGet(client.send(request) == 200 ? 1 : 0);
                    } catch (IOException e) {
                        // The server was killed while answering: there is no point.
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
            assertTrue(threads.awaitTermination(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), told);
            operator.get();
        }

        /** Edits until the server is gone. An edit without an answer may have been made. */
        private void edit() {
            try {
                while (true) {
                    int version = edited.get();
                    server.call("PATCH", device, "{\"notes\":\"n" + version + "\"}", "If-Match", "\"" + version + "\"")
                            .ok();
                    edited.incrementAndGet();
                }
            } catch (UncheckedIOException e) {
                // Killed.
                return;
            }
        }

        void finish(ServerProcess restarted) throws IOException, InterruptedException {
            int before = answered.get();
            assertTrue(allowed(restarted) >= before, told + ": an answer without its row");
            int version = restarted.call("GET", device, "").ok().get("version").asInt();
            assertTrue(
                    version == edited.get() || version == edited.get() + 1,
                    told + ": " + version + " after " + edited + " versions that were answered");
            assertEquals(version, edits(restarted), told + ", each edit stands in the audit");
            for (HttpRequest request : requests) {
                answered.addAndGet(client.send(request) == 200 ? 1 : 0);
            }
            String seen = told + ": " + answered + " answers of " + USES;
            assertTrue(answered.get() <= USES, seen);
            assertEquals(USES, allowed(restarted), seen + ", each use stands in the history, answered or lost");
            JsonNode verified = restarted.call("POST", "/history/verify", "").ok();
            assertTrue(verified.get("intact").asBoolean(), seen + verified);
        }

        /** The number of audit entries that created a version of the device, including the first. */
        private int edits(ServerProcess restarted) {
            int edits = 0;
            String cursor = "";
            while (true) {
                JsonNode page =
                        restarted.call("GET", "/audit?limit=500" + cursor, "").ok();
                for (JsonNode row : page.get("items")) {
                    boolean isMine = device.endsWith("/" + row.get("objectId").asText());
                    String action = row.get("action").asText();
                    edits += isMine && action.equals("device.edit") ? 1 : 0;
                    if (isMine && action.equals("device.create")) {
                        return edits + 1;
                    }
                }
                assertTrue(page.hasNonNull("nextCursor"), told + ": the device was never made");
                cursor = "&cursor=" + page.get("nextCursor").asText();
            }
        }

        private int allowed(ServerProcess restarted) {
            JsonNode history =
                    restarted.call("GET", device + "/history?limit=500", "").ok();
            int allowed = 0;
            for (JsonNode row : history.get("items")) {
                allowed += row.get("outcome").asText().equals("allowed") ? 1 : 0;
            }
            return allowed;
        }
    }
}
