package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on PostgreSQL, as the only node and as one of several. */
class PostgresqlServeTest {
    private static final String FROM_HERE = "\"sources\":[\"127.0.0.1\"],\"curve\":\"P-256\"";

    /** This many consecutive answers count as normal service. */
    private static final int NORMAL = 40;

    private static final int MACHINES = 8;

    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The maximum of an allowance. */
    private static final int USES = 32;

    private static DebianPostgresql postgres;

    @TempDir
    private Path directory;

    private final Client client = new Client(Curve.P_256);
    private String database;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = DebianPostgresql.start();
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void makeDatabase() throws SQLException {
        database = "d" + Long.toString(System.nanoTime(), 36);
        String url = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres?user=" + DebianPostgresql.USER;
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
            // The store must override this setting.
            statement.execute("ALTER DATABASE " + database + " SET synchronous_commit TO off");
        }
    }

    private ServerProcess serve(String name, int databasePort, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--jdbc-url",
                "jdbc:postgresql://127.0.0.1:" + databasePort + "/" + database,
                "--jdbc-user",
                DebianPostgresql.USER,
                "--master-key-file",
                directory.resolve("master-key").toString()));
        options.addAll(List.of(more));
        return ServerProcess.serve(directory.resolve(name), 0, options.toArray(String[]::new));
    }

    private static URI on(ServerProcess server, JsonNode device) {
        String path = URI.create(device.get("unlockUrl").asText()).getPath();
        return URI.create(server.url() + path);
    }

    private static String kid(JsonNode device) {
        return device.get("keys").get(0).get("exchange").asText();
    }

    @Test
    void letsOneNodeUnlockWhatAnotherHasMade() throws Exception {
        try (ServerProcess one = serve("one", postgres.port());
                ServerProcess two = serve("two", postgres.port())) {
            JsonNode device = one.call("POST", "/devices", "{\"name\":\"d\"," + FROM_HERE + "}")
                    .ok();
            assertEquals(200, client.recover(on(two, device), kid(device)));
            assertEquals(200, client.recover(on(one, device), kid(device)));
            assertFalse(Files.exists(directory.resolve("two/admin-token")), "the first start was long ago");
            String path = "/devices/" + device.get("id").asText();
            one.call("POST", path + "/disable", "{}").ok();
            assertEquals(403, client.recover(on(two, device), kid(device)));
            String allowed = "{\"uses\":3}";
            for (int round = 0; round < 5; round++) {
                one.call("POST", path + "/allowances", allowed).ok();
                assertSpends(3, statuses(device, 24, one, two), "round " + round);
            }
            JsonNode verified = one.call("POST", "/history/verify", "").ok();
            assertTrue(verified.get("intact").asBoolean(), verified::toString);
            assertEquals(0, two.terminate());
            assertEquals(0, one.terminate());
        }
    }

    private List<Integer> statuses(JsonNode device, int requests, ServerProcess... nodes) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(requests);
        try {
            List<Future<Integer>> asked = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                HttpRequest request = client.request(on(nodes[i % nodes.length], device), kid(device));
                asked.add(threads.submit(() -> client.send(request)));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> one : asked) {
                statuses.add(one.get());
            }
            return statuses;
        } finally {
            threads.shutdownNow();
        }
    }

    /** If a node timed out and answered 503, a use may be spent without an answer. */
    private static void assertSpends(int uses, List<Integer> statuses, String when) {
        int answered = Collections.frequency(statuses, 200);
        int unknown = Collections.frequency(statuses, 503);
        assertTrue(answered <= uses && answered + unknown >= uses, () -> when + ": " + statuses);
    }

    @Test
    @Tag("long")
    void startsOnTheChainThatItLeft() throws Exception {
        JsonNode device;
        try (ServerProcess first = serve("one", postgres.port(), "--node", "n")) {
            device = first.call("POST", "/devices", "{\"name\":\"d\"," + FROM_HERE + "}")
                    .ok();
            first.kill();
        }
        try (ServerProcess second = serve("one", postgres.port(), "--node", "n", "--schema", "validate")) {
            assertEquals(200, client.recover(on(second, device), kid(device)));
            JsonNode verified = second.call("POST", "/history/verify", "").ok();
            assertTrue(verified.get("intact").asBoolean(), verified::toString);
        }
    }

    @Test
    @Tag("long")
    void refusesASecondNodeOfTheSameName() throws Exception {
        try (ServerProcess first = serve("one", postgres.port(), "--node", "n")) {
            assertThrows(IOException.class, () -> serve("two", postgres.port(), "--node", "n"));
            first.call("POST", "/devices", "{\"name\":\"d\"," + FROM_HERE + "}").ok();
        }
    }

    @Test
    @Tag("long")
    void refusesAMasterKeyThatIsNotTheStores() throws Exception {
        try (ServerProcess first = serve("one", postgres.port())) {
            Files.move(directory.resolve("master-key"), directory.resolve("saved"));
            assertThrows(IOException.class, () -> serve("two", postgres.port()));
            assertFalse(Files.exists(directory.resolve("master-key")), "a key was made for a store that is not empty");
            Files.move(directory.resolve("saved"), directory.resolve("master-key"));
            first.call("GET", "/devices", "").ok();
        }
    }

    @Test
    @Tag("long")
    void replacesTheAdministratorsTokenWhileItRuns() throws Exception {
        try (ServerProcess server = serve("one", postgres.port())) {
            String old = Files.readString(directory.resolve("one/admin-token")).strip();
            int code = Main.execute(
                    "admin-token",
                    "--data",
                    directory.resolve("one").toString(),
                    "--master-key-file",
                    directory.resolve("master-key").toString(),
                    "--jdbc-url",
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database,
                    "--jdbc-user",
                    "postgres");
            assertEquals(0, code);
            assertEquals(401, server.callAs(old, "GET", "/devices", "").status());
            server.call("GET", "/devices", "").ok();
        }
    }

    @Test
    void answers503WhileTheDatabaseIsAwayAndSoonAfterwardsAsBefore() throws Exception {
        loseTheDatabase(Duration.ofSeconds(3));
    }

    @Test
    @Tag("long")
    void answers503WhileTheDatabaseIsAwayForHalfAMinuteAndSoonAfterwardsAsBefore() throws Exception {
        loseTheDatabase(Duration.ofSeconds(30));
    }

    private void loseTheDatabase(Duration length) throws Exception {
        try (Valve valve = new Valve(postgres.port());
                ServerProcess server = serve("one", valve.port())) {
            JsonNode device = server.call("POST", "/devices", "{\"name\":\"d\"," + FROM_HERE + "}")
                    .ok();
            JsonNode allowed = server.call("POST", "/devices", "{\"name\":\"e\"," + FROM_HERE + "}")
                    .ok();
            String path = "/devices/" + allowed.get("id").asText();
            server.call("POST", path + "/disable", "{}").ok();
            server.call("POST", path + "/allowances", "{\"uses\":" + USES + "}").ok();
            Load load = new Load(on(server, device), kid(device));
            try {
                load.awaitAnswers(NORMAL, TestTimeout.MAX);
                valve.shut();
                long shut = System.nanoTime();
                await(() -> ready(server) == 503, "it is ready without a database");
                for (int i = 0; i < USES; i++) {
                    assertEquals(503, client.recover(on(server, allowed), kid(allowed)), "an attempt on an allowance");
                }
                while (System.nanoTime() - shut < length.toNanos()) {
                    assertEquals(503, client.recover(on(server, allowed), kid(allowed)));
                }
                long opening = System.nanoTime();
                valve.open();
                long opened = System.nanoTime();
                load.awaitAnswers(NORMAL, TestTimeout.MAX);
                List<Answer> all = load.stop();
                // Requests in progress when the database went or came back may get either status.
                assertEquals(Set.of(503), statuses(all, answer -> answer.began() > shut && answer.ended() < opening));
                assertEquals(Set.of(200, 503), statuses(all, answer -> true), "nothing else at any time");
                System.out.println("normal after " + millisUntilNormal(all, opened) + " ms");
                await(() -> ready(server) == 200, "it is not ready again");
                JsonNode open = server.call("GET", path + "/allowances", "").ok();
                assertEquals(USES, open.get("items").get(0).get("usesLeft").asInt(), "something was spent meanwhile");
                assertEquals(200, client.recover(on(server, allowed), kid(allowed)));
            } finally {
                load.end();
            }
            JsonNode verified = server.call("POST", "/history/verify", "").ok();
            assertTrue(verified.get("intact").asBoolean(), verified::toString);
        }
    }

    private static void await(Callable<Boolean> condition, String problem) throws Exception {
        long end = System.nanoTime() + TestTimeout.MAX.toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() < end, problem);
        }
    }

    /** The status of a request, and when it was sent and answered, by {@link System#nanoTime}. */
    private record Answer(long began, long ended, int status) {}

    private static Set<Integer> statuses(List<Answer> all, Predicate<Answer> meant) {
        return all.stream().filter(meant).map(Answer::status).collect(Collectors.toSet());
    }

    /** The time from {@code opened} to the last refusal of a request sent after it; 0 if there was none. */
    private static long millisUntilNormal(List<Answer> all, long opened) {
        long last = all.stream()
                .filter(answer -> answer.status() != 200 && answer.ended() > opened)
                .mapToLong(Answer::ended)
                .max()
                .orElse(opened);
        return TimeUnit.NANOSECONDS.toMillis(last - opened);
    }

    /** Machines that send one request after another until stopped. */
    private final class Load {
        private final URI base;
        private final String kid;
        private final ExecutorService threads = Executors.newFixedThreadPool(MACHINES);
        private final List<Future<?>> machines = new ArrayList<>();
        private final List<Answer> answers = new ArrayList<>();
        private int running;
        private boolean stopped;

        Load(URI base, String kid) {
            this.base = base;
            this.kid = kid;
            for (int i = 0; i < MACHINES; i++) {
                machines.add(threads.submit(() -> {
                    while (isWanted()) {
                        ask();
                        LockSupport.parkNanos(PACE_NANOS);
                    }
                    return null;
                }));
            }
        }

        private synchronized boolean isWanted() {
            return !stopped;
        }

        private void ask() throws IOException, InterruptedException {
            long began = System.nanoTime();
            int status = client.recover(base, kid);
            Answer answer = new Answer(began, System.nanoTime(), status);
            synchronized (this) {
                answers.add(answer);
                running = status == 200 ? running + 1 : 0;
                notifyAll();
            }
        }

        /** Waits until this many consecutive requests were answered with a point. */
        synchronized void awaitAnswers(int wanted, Duration timeout) throws InterruptedException {
            running = 0;
            long end = System.nanoTime() + timeout.toNanos();
            while (running < wanted) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                assertTrue(left > 0, () -> "no " + wanted + " answers in a row, only " + running);
                wait(left);
            }
        }

        synchronized void end() {
            stopped = true;
            threads.shutdown();
        }

        /** Stops all machines and returns their answers. */
        List<Answer> stop() throws Exception {
            end();
            for (Future<?> machine : machines) {
                machine.get();
            }
            return answers;
        }
    }

    private static int ready(ServerProcess server) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/readyz"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
