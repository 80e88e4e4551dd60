package io.panocrypt.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Debian's PostgreSQL on a loopback port, with a cluster of its own and Debian's defaults, so with fsync on.
 *
 * <p>It refuses to run as root: whoever is root needs {@code setpriv} of util-linux, and the account {@code postgres} gets the
 * folder, which is a temporary one because others may not enter this user's.
 *
 * @param process the postmaster, whose descendants belong to it
 * @param folder of the cluster
 * @param port where it listens
 */
record DebianPostgresql(Process process, Path folder, int port) implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final String USER = "postgres";
    private static final long TIMEOUT_SECONDS = 60;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** The programs of the newest one that is installed. */
    static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(VERSIONS)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.naturalOrder());
        }
    }

    /** Makes a cluster, starts it, and waits until it answers. */
    static DebianPostgresql start(Path programs) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("panocrypt-load-postgresql");
        try {
            if (isRoot()) {
                Files.setOwner(
                        folder,
                        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
            }
            String data = folder.resolve("data").toString();
            require(run(folder, programs, "initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8"));
            int port = freePort();
            Process process = run(
                    folder,
                    programs,
                    "postgres",
                    "-D",
                    data,
                    "-p",
                    Integer.toString(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=");
            DebianPostgresql started = new DebianPostgresql(process, folder, port);
            started.awaitAnswer(programs);
            return started;
        } catch (IOException e) {
            delete(folder);
            throw e;
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process run(Path folder, Path programs, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // It becomes the program, whose process is then the one that is known here.
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void require(Process initdb) throws IOException, InterruptedException {
        if (!initdb.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
            initdb.destroy();
            throw new IOException("initdb makes no cluster");
        }
    }

    private void awaitAnswer(Path programs) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            Process asked = run(folder, programs, "pg_isready", "-q", "-h", "127.0.0.1", "-p", Integer.toString(port));
            if (asked.waitFor() == 0) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        process.destroy();
        throw new IOException("PostgreSQL does not start");
    }

    /** What our server is told of it. */
    List<String> options() {
        return List.of("--jdbc-url", "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "--jdbc-user", USER);
    }

    /** Stops it, when nobody is connected any more, and deletes all that it has. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            delete(folder);
        } catch (IOException e) {
            System.err.println("left behind: " + folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
