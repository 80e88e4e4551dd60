package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.testkit.support.DebianPostgresql;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four server processes on Debian's PostgreSQL: together they answer each granted use once. */
@Tag("long")
class FourNodesTest {
    private static final int NODES = 4;
    private static final int CLIENTS = 32;
    private static final int ROUNDS = 100;
    private static final int VOLUMES = 3;

    /** A client that gets no answer after this many attempts reports a fault. */
    private static final int ATTEMPTS = 200;

    @TempDir
    private Path directory;

    private final Client client = new Client(Curve.P_256);
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<ServerProcess> nodes = new ArrayList<>();
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private DebianPostgresql postgres;

    @BeforeEach
    void start() throws Exception {
        postgres = DebianPostgresql.start();
        String url = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres";
        for (int node = 0; node < NODES; node++) {
            nodes.add(ServerProcess.serve(
                    directory.resolve("node-" + node),
                    0,
                    "--jdbc-url",
                    url,
                    "--jdbc-user",
                    DebianPostgresql.USER,
                    "--master-key-file",
                    directory.resolve("master-key").toString()));
        }
    }

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        nodes.forEach(ServerProcess::close);
        postgres.close();
    }

    @Test
    void answersExactlyAsOftenAsWasAllowedOrApproved() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ServerProcess first = nodes.get(0);
        JsonNode allowed = device("allowed", "");
        JsonNode approved = device("approved", ",\"tags\":[\"prod\"],\"volumes\":" + VOLUMES);
        first.call("POST", path(allowed) + "/disable", "{}").ok();
        JsonNode alice = first.call("POST", "/members", "{\"name\":\"alice\",\"role\":\"approver\"}")
                .ok();
        first.call(
                        "POST",
                        "/approval-groups",
                        "{\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[" + alice.get("id") + "]}")
                .ok();
        int granted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String when = "round " + round + ", seed " + seed;
            int uses = 1 + random.nextInt(8);
            first.call("POST", path(allowed) + "/allowances", "{\"uses\":" + uses + "}")
                    .ok();
            approve(approved, alice, random);
            granted += uses;
            List<Future<Integer>> ofAllowed = new ArrayList<>();
            List<Future<Integer>> ofApproved = new ArrayList<>();
            for (int one = 0; one < CLIENTS; one++) {
                boolean even = one % 2 == 0;
                HttpRequest[] ways = ways(even ? allowed : approved, random);
                (even ? ofAllowed : ofApproved).add(threads.submit(() -> answers(ways)));
            }
            assertEquals(uses, sum(ofAllowed), "answers of an allowance of " + uses + ", " + when);
            assertEquals(VOLUMES, sum(ofApproved), "answers of an approval, " + when);
        }
        System.out.println("statuses of four nodes: " + new TreeMap<>(statuses));
        ServerProcess last = nodes.get(NODES - 1);
        assertEquals(granted, allowedRows(last, allowed), "rows of answers by allowances, seed " + seed);
        assertEquals(ROUNDS * VOLUMES, allowedRows(last, approved), "rows of answers by approvals, seed " + seed);
        JsonNode verified = call(last, "POST", "/history/verify");
        assertTrue(verified.get("intact").asBoolean(), verified::toString);
        for (ServerProcess node : nodes) {
            assertEquals(0, node.terminate());
        }
    }

    /** Calls a node as the administrator whose token the first start created. */
    private JsonNode call(ServerProcess node, String method, String path) throws IOException {
        String token = Files.readString(directory.resolve("node-0/admin-token")).strip();
        return node.callAs(token, method, path, "").ok();
    }

    private JsonNode device(String name, String more) {
        return nodes.get(0)
                .call(
                        "POST",
                        "/devices",
                        "{\"name\":\"" + name + "\",\"sources\":[\"127.0.0.1\"],\"curve\":\"P-256\"" + more + "}")
                .ok();
    }

    private static String path(JsonNode device) {
        return "/devices/" + device.get("id").asText();
    }

    /** Opens a request on one node and approves it on another. */
    private void approve(JsonNode device, JsonNode member, Random random) throws Exception {
        assertEquals(423, client.send(ways(device, random)[0]));
        ServerProcess node = nodes.get(random.nextInt(NODES));
        JsonNode waiting = call(node, "GET", "/requests?state=PENDING").get("items");
        assertEquals(1, waiting.size(), waiting::toString);
        String request = waiting.get(0).get("id").asText();
        node.callAs(member.get("token").asText(), "POST", "/requests/" + request + "/approve", "{}")
                .ok();
    }

    /** A request to each node, in random order. */
    private HttpRequest[] ways(JsonNode device, Random random) {
        List<ServerProcess> order = new ArrayList<>(nodes);
        Collections.shuffle(order, random);
        String unlock = URI.create(device.get("unlockUrl").asText()).getPath();
        String kid = device.get("keys").get(0).get("exchange").asText();
        return order.stream()
                .map(node -> client.request(URI.create(node.url() + unlock), kid))
                .toArray(HttpRequest[]::new);
    }

    /** Asks one node after the other until one refuses, and again if one is busy. Returns the number of points. */
    private int answers(HttpRequest[] ways) throws Exception {
        int answers = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int status = client.send(ways[attempt % ways.length]);
            statuses.merge(status, 1, Integer::sum);
            if (status == 200) {
                answers++;
            } else if (status != 503) {
                return answers;
            }
        }
        throw new AssertionError("no end of " + Arrays.toString(ways));
    }

    private static int sum(List<Future<Integer>> all) throws Exception {
        int sum = 0;
        for (Future<Integer> one : all) {
            sum += one.get();
        }
        return sum;
    }

    private int allowedRows(ServerProcess node, JsonNode device) throws Exception {
        int rows = 0;
        String cursor = "";
        while (true) {
            JsonNode page = call(node, "GET", path(device) + "/history?limit=500" + cursor);
            for (JsonNode row : page.get("items")) {
                rows += row.get("outcome").asText().equals("allowed") ? 1 : 0;
            }
            if (!page.hasNonNull("nextCursor")) {
                return rows;
            }
            cursor = "&cursor=" + page.get("nextCursor").asText();
        }
    }
}
