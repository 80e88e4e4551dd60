package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.storage.DatabaseAwayException;
import io.panocrypt.standalone.storage.JdbcLogin;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.LowPorts;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Starting a server with a database that is not available yet, or unsuitable. */
@Timeout(value = TestTimeout.MAX_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresqlStartTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static DebianPostgresql postgres;

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        postgres = DebianPostgresql.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database;
    }

    private ServerProcess serve(int port, String database) throws IOException {
        return ServerProcess.serve(
                directory.resolve("data"), port, "--jdbc-url", url(database), "--jdbc-user", DebianPostgresql.USER);
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), DebianPostgresql.USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void awaitListening(int port) throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            try {
                get(port, "/healthz");
                return;
            } catch (IOException e) {
                assertTrue(System.nanoTime() < deadline, "the server does not listen");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    @Test
    @Tag("long")
    void waitsForADatabaseThatIsNotUpYet() throws Exception {
        int port = LowPorts.free();
        postgres.kill();
        CompletableFuture<ServerProcess> starting = CompletableFuture.supplyAsync(() -> {
            try {
                return serve(port, "postgres");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            awaitListening(port);
            assertEquals(200, get(port, "/healthz").statusCode());
            HttpResponse<String> ready = get(port, "/readyz");
            assertEquals(503, ready.statusCode());
            assertFalse(ready.body().contains("database"), ready.body());
            assertEquals(503, get(port, "/u/..;/healthz").statusCode());
            HttpResponse<String> unlock = get(port, "/u/token/adv");
            assertEquals(503, unlock.statusCode());
            assertEquals(Optional.of("5"), unlock.headers().firstValue("Retry-After"));
            assertFalse(starting.isDone(), "it is not ready");
        } finally {
            postgres.restart();
        }
        try (ServerProcess server = starting.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            assertEquals(200, get(port, "/readyz").statusCode());
            assertEquals(404, get(port, "/u/token/adv").statusCode());
            server.call("POST", "/devices", "{\"name\":\"d\",\"sources\":[\"127.0.0.1\"],\"curve\":\"P-256\"}")
                    .ok();
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void waitsForNoDatabaseThatIsNotThere() {
        IOException ended = assertThrows(IOException.class, () -> serve(0, "nobody_made_it"));
        assertTrue(ended.getMessage().contains("ended before it was ready"), ended.getMessage());
    }

    @Test
    @Tag("long")
    void anOutagePutsNoStackTraceIntoTheLog() throws Exception {
        run("CREATE DATABASE outage");
        Path log = directory.resolve("log");
        String[] options = {"--jdbc-url", url("outage"), "--jdbc-user", DebianPostgresql.USER};
        try (ServerProcess server = ServerProcess.serveLoggingTo(log, directory.resolve("data"), options)) {
            String device = server.call(
                            "POST", "/devices", "{\"name\":\"away\",\"sources\":[\"127.0.0.1\"],\"curve\":\"P-256\"}")
                    .ok()
                    .get("unlockUrl")
                    .asText();
            postgres.kill();
            try {
                assertEquals(503, server.call("GET", "/devices", "").status());
                assertEquals(503, get(server.port(), "/readyz").statusCode());
                assertEquals(
                        503,
                        get(server.port(), URI.create(device).getPath() + "/adv")
                                .statusCode());
                // The last checkpoint runs in the background and fails because of the outage.
                assertEquals(0, server.terminate());
            } finally {
                postgres.restart();
            }
        }
        List<String> lines = Files.readAllLines(log);
        assertTrue(lines.stream().anyMatch(line -> line.contains("checkpoint failed")), () -> String.join("\n", lines));
        assertEquals(
                List.of(),
                lines.stream()
                        .filter(line -> !line.matches("\\d{4}-\\d\\d-\\d\\dT.* io\\.panocrypt\\..*"))
                        .toList());
    }

    @Test
    void namesItsOwnOptionWhereTheTablesAreMissing() throws Exception {
        run("CREATE DATABASE empty");
        String told = refusal("--jdbc-url", url("empty"), "--jdbc-user", DebianPostgresql.USER, "--schema", "validate");
        assertTrue(told.contains("--schema create"), told);
        assertFalse(told.contains("SchemaMode"), told);
    }

    @Test
    void namesThePrivilegeThatMakesTables() throws Exception {
        run("CREATE DATABASE bare");
        run("CREATE ROLE guest LOGIN");
        try (Connection connection = DriverManager.getConnection(url("bare"), DebianPostgresql.USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        }
        String told = refusal("--jdbc-url", url("bare"), "--jdbc-user", "guest");
        assertTrue(told.contains("needs CREATE") && told.contains("'panocrypt schema'"), told);
    }

    @Test
    void namesAnUnknownHost() {
        JdbcLogin login = new JdbcLogin("jdbc:postgresql://host.invalid/panocrypt", Optional.empty(), Optional::empty);
        StartupException refused = assertThrows(StartupException.class, login::openPool);
        assertEquals("cannot open the database: the host host.invalid is unknown", refused.getMessage());
    }

    @Test
    void namesItsOwnOptionWhereTheTablesAreOlder() throws Exception {
        run("CREATE DATABASE older");
        try (Connection connection = DriverManager.getConnection(url("older"), DebianPostgresql.USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcStore.schema(Dialect.POSTGRESQL));
            statement.execute("UPDATE panocrypt_schema SET version = version - 1");
        }
        String told = refusal("--jdbc-url", url("older"), "--jdbc-user", DebianPostgresql.USER, "--schema", "validate");
        assertTrue(told.contains("--schema create"), told);
        assertFalse(told.contains("SchemaMode"), told);
    }

    @Test
    @Tag("long")
    void refusesRetentionForAUserWhoMayNotRemoveHistory() throws Exception {
        run("CREATE DATABASE retained");
        try (Connection connection = DriverManager.getConnection(url("retained"), DebianPostgresql.USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcStore.schema(Dialect.POSTGRESQL));
            statement.execute("CREATE ROLE keeper LOGIN");
            statement.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO keeper");
            statement.execute("REVOKE DELETE ON panocrypt_journal FROM keeper");
        }
        String[] options = {"--jdbc-url", url("retained"), "--jdbc-user", "keeper", "--schema", "validate"};
        String told = refusal(Stream.concat(Stream.of(options), Stream.of("--history-retention", "400d"))
                .toArray(String[]::new));
        assertTrue(told.contains("lacks privileges: DELETE on panocrypt_journal"), told);
        try (ServerProcess server = ServerProcess.serve(directory.resolve("data"), 0, options)) {
            assertEquals(0, server.terminate());
        }
    }

    /** The error of a refused start. */
    private String refusal(String... options) {
        String[] start = {
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            directory.resolve("data").toString()
        };
        Tool.Result refused = Tool.main(
                new byte[0], Stream.of(start, options).flatMap(Stream::of).toArray(String[]::new));
        assertEquals(1, refused.exit(), refused.errors());
        return refused.errors();
    }

    @Test
    void takesNoServerForThePrimaryThatTakesNoWrites() throws Exception {
        run("CREATE DATABASE readonly");
        run("ALTER DATABASE readonly SET default_transaction_read_only = on");
        JdbcLogin login = new JdbcLogin(url("readonly"), Optional.of(DebianPostgresql.USER), Optional::empty);
        SQLException refused = assertThrows(SQLException.class, login::connect);
        assertTrue(DatabaseAwayException.isBehind(refused), refused::toString);
    }

    @Test
    void readsFromNoStandby() {
        StoreOptions options = new StoreOptions();
        new CommandLine(options).parseArgs("--jdbc-url", url("d") + "?a=b&targetServerType=any");
        StartupException refused = assertThrows(StartupException.class, options::check);
        assertTrue(refused.getMessage().contains("targetServerType"), refused.getMessage());
        StoreOptions primary = new StoreOptions();
        new CommandLine(primary).parseArgs("--jdbc-url", url("d") + "?targetServerType=primary&a=b");
        primary.check();
    }
}
