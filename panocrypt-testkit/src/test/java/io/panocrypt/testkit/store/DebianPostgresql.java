package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A cluster of Debian's PostgreSQL on a loopback port and in a folder of its own, with its own defaults; made to be killed. */
final class DebianPostgresql implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    /** It refuses to run as root. */
    private static final String USER = "postgres";

    private static final long PATIENCE_SECONDS = 60;

    private final Path programs;
    private final Path folder;
    private final int port;
    private Process server;

    private DebianPostgresql(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** Skips the test where there is no PostgreSQL, or fails it on a machine that should have one. */
    static DebianPostgresql start() throws IOException, InterruptedException {
        Path programs = programs().orElse(null);
        if (programs == null && Boolean.getBoolean("panocrypt.requireTools")) {
            fail("missing tool: postgres");
        }
        assumeTrue(programs != null, "missing tool: postgres");
        Path folder = Files.createTempDirectory("panocrypt-postgresql");
        if (isRoot()) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        DebianPostgresql made = new DebianPostgresql(programs, folder, port);
        Process initdb = made.run("initdb", "-D", made.data(), "-A", "trust", "-U", USER, "-E", "UTF8");
        assertTrue(initdb.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && initdb.exitValue() == 0, "initdb failed");
        made.restart();
        return made;
    }

    private static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(VERSIONS)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.naturalOrder());
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private Process run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // It replaces itself by the program, whose process is then the one that is known here.
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Starts it and waits until it answers. What a killed one has left may hold it up for a moment. */
    void restart() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!answers()) {
            assertTrue(System.nanoTime() < deadline, "PostgreSQL does not start");
            if (server == null || !server.isAlive()) {
                server = run(
                        "postgres",
                        "-D",
                        data(),
                        "-p",
                        String.valueOf(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url())) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER + "&connectTimeout=2&socketTimeout=10";
    }

    /** A pool that waits for a connection no longer than a request would. */
    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(500);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /** Ends the postmaster and all that it has started, by SIGKILL. */
    void kill() {
        List<ProcessHandle> children = server.descendants().toList();
        server.toHandle().destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            assertTrue(server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the postmaster lives on");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
