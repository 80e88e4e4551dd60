package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master key is replaced on two nodes and PostgreSQL, while machines unlock and one node is killed. */
@Tag("long")
class RewrapServeTest {
    private static final int DEVICES = 300;

    @TempDir
    private Path directory;

    private final Client client = new Client(Curve.P_256);
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private final List<JsonNode> devices = new ArrayList<>();
    private final List<ServerProcess> started = new ArrayList<>();
    private DebianPostgresql postgres;
    private Path oldKey;
    private Path newKey;

    @BeforeEach
    void start() throws Exception {
        postgres = DebianPostgresql.start();
        oldKey = directory.resolve("old-key");
        newKey = directory.resolve("new-key");
        Tool.main(new byte[0], "master-key", "create", oldKey.toString()).ok();
        Tool.main(new byte[0], "master-key", "create", newKey.toString()).ok();
    }

    @AfterEach
    void stop() throws Exception {
        started.forEach(ServerProcess::close);
        postgres.close();
    }

    private ServerProcess serve(String name, String... keys) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--jdbc-url",
                "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres",
                "--jdbc-user",
                DebianPostgresql.USER,
                "--node",
                name));
        options.addAll(List.of(keys));
        ServerProcess server = ServerProcess.serve(directory.resolve(name), 0, options.toArray(String[]::new));
        started.add(server);
        return server;
    }

    private ServerProcess serveBoth(String name) throws IOException {
        return serve(name, "--master-key-file", newKey.toString(), "--previous-master-key-file", oldKey.toString());
    }

    private ServerProcess.Answer call(ServerProcess node, String method, String path) throws IOException {
        String token = Files.readString(directory.resolve("one/admin-token")).strip();
        return node.callAs(token, method, path, "");
    }

    /** Unlocks devices one after the other until it is interrupted. */
    private Thread machines(ServerProcess node) {
        Thread thread = new Thread(() -> {
            try {
                for (int i = 0; !Thread.interrupted(); i++) {
                    JsonNode device = devices.get(i % devices.size());
                    HttpRequest request = client.request(
                            URI.create(node.url()
                                    + URI.create(device.get("unlockUrl").asText())
                                            .getPath()),
                            device.get("keys").get(0).get("exchange").asText());
                    statuses.merge(client.send(request), 1, Integer::sum);
                }
            } catch (IOException e) {
                statuses.merge(-1, 1, Integer::sum);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void failsNoUnlockAndSurvivesAKill() throws Exception {
        ServerProcess one = serve("one", "--master-key-file", oldKey.toString());
        ServerProcess two = serve("two", "--master-key-file", oldKey.toString());
        for (int i = 0; i < DEVICES; i++) {
            devices.add(one.call(
                            "POST",
                            "/devices",
                            "{\"name\":\"d-" + i + "\",\"sources\":[\"127.0.0.1\"],\"curve\":\"P-256\"}")
                    .ok());
        }
        Thread unlocking = machines(two);
        one.terminate();
        one = serveBoth("one");
        assertEquals(409, call(one, "POST", "/master-key/rewrap").status(), "node two has the old key only");
        unlocking.interrupt();
        unlocking.join();
        two.terminate();
        two = serveBoth("two");
        unlocking = machines(two);
        call(one, "POST", "/master-key/rewrap").ok();
        one.kill();
        JsonNode status = awaitSettled(two);
        unlocking.interrupt();
        unlocking.join();
        assertEquals(2 * DEVICES + 1, status.get("keys").asInt(), status::toString);
        assertEquals(
                Map.of(
                        200,
                        statuses.values().stream().mapToInt(Integer::intValue).sum()),
                new TreeMap<>(statuses));
        two.terminate();
        ServerProcess last = serve("two", "--master-key-file", newKey.toString());
        for (JsonNode device : devices) {
            HttpRequest request = client.request(
                    URI.create(last.url()
                            + URI.create(device.get("unlockUrl").asText()).getPath()),
                    device.get("keys").get(0).get("exchange").asText());
            assertEquals(200, client.send(request));
        }
        assertTrue(call(last, "POST", "/history/verify").ok().get("intact").asBoolean());
    }

    private JsonNode awaitSettled(ServerProcess node) throws Exception {
        long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
        while (true) {
            JsonNode status = call(node, "GET", "/master-key").ok();
            if (status.get("settled").asBoolean()) {
                return status;
            }
            assertTrue(System.nanoTime() < deadline, status::toString);
            TimeUnit.SECONDS.sleep(2);
        }
    }
}
