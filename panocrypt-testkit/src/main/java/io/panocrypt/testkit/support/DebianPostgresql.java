package io.panocrypt.testkit.support;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A PostgreSQL cluster of Debian's package on a loopback port and in its own folder. It uses Debian's defaults,
 * including fsync, and may be killed.
 *
 * <p>Every user of this machine may log in as {@value #USER} without a password, unless {@code pg_hba.conf} is
 * replaced. Not thread-safe. Running as root requires {@code setpriv} of util-linux, since PostgreSQL refuses to run as
 * root.
 */
public final class DebianPostgresql implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    /** The superuser's name, also the account used when started by root. */
    public static final String USER = "postgres";

    private final Path folder;
    private final LoopbackServer server;

    private DebianPostgresql(Path folder, LoopbackServer server) {
        this.folder = folder;
        this.server = server;
    }

    /**
     * Whether Debian's PostgreSQL is installed.
     *
     * @throws IOException if the folder of its versions cannot be read
     */
    public static boolean isInstalled() throws IOException {
        return programs().isPresent();
    }

    /**
     * Creates and starts a cluster of the newest installed version. Without PostgreSQL the test is skipped, or fails if
     * {@code panocrypt.requireTools} is {@code true}.
     *
     * @throws IOException if its programs cannot be run
     */
    public static DebianPostgresql start() throws IOException, InterruptedException {
        return start(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Like {@link #start()}, in another place.
     *
     * @param parent the cluster's folder is made in this one, instead of the JVM's temporary folder. If root starts the
     *     cluster, the account {@value #USER} must be able to enter it
     */
    public static DebianPostgresql start(Path parent) throws IOException, InterruptedException {
        Path programs = programs().orElse(null);
        if (programs == null && Boolean.getBoolean("panocrypt.requireTools")) {
            fail("missing tool: postgres");
        }
        assumeTrue(programs != null, "missing tool: postgres");
        Path folder = Files.createTempDirectory(parent.toAbsolutePath(), "panocrypt-postgresql");
        giveAway(folder);
        String data = data(folder).toString();
        Process initdb = new ProcessBuilder(
                        command(programs, "initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(
                initdb.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS) && initdb.exitValue() == 0, "initdb failed");
        LoopbackServer server = new LoopbackServer(
                port -> command(
                        programs,
                        "postgres",
                        "-D",
                        data,
                        "-p",
                        String.valueOf(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "lc_messages=C"),
                "database system is ready to accept connections");
        return new DebianPostgresql(folder, server);
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

    private static void giveAway(Path file) throws IOException {
        if (isRoot()) {
            Files.setOwner(
                    file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
        }
    }

    private static Path data(Path folder) {
        return folder.resolve("data");
    }

    /**
     * Writes a file into the data directory, such as {@code pg_hba.conf} or {@code server.key}, readable only by its
     * owner. It takes effect at the next start.
     *
     * @param name the file's name; an existing file is replaced
     * @throws IOException if it cannot be written
     */
    public void put(String name, byte[] content) throws IOException {
        Path file = data(folder).resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content);
        giveAway(file);
    }

    private static List<String> command(Path programs, String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // setpriv replaces itself with the program, so the process id stays the same.
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Restarts the cluster after a kill and waits until it answers. Leftovers of the killed server may delay it.
     *
     * @throws IOException if it does not start within five minutes; with what it has printed
     */
    public void restart() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TestTimeout.MAX_SECONDS);
        while (true) {
            try {
                server.restart();
                return;
            } catch (IOException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /** The postmaster process, parent of all server processes; a new one after each restart. */
    public ProcessHandle process() {
        return server.process();
    }

    /** The port on 127.0.0.1, the same after restarts. */
    public int port() {
        return server.port();
    }

    /** Kills the postmaster and all its descendants with SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** Stops all server processes with connections open, like a network that drops all packets. */
    public void freeze() throws IOException, InterruptedException {
        server.freeze();
    }

    /** Continues after {@link #freeze}. */
    public void thaw() throws IOException, InterruptedException {
        server.thaw();
    }

    /** Kills the cluster and deletes its folder. */
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
