package io.panocrypt.testkit.published;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The modules, built from a copy of the checkout and installed into a Maven repository of their own. The copy keeps the build
 * that runs the tests undisturbed. Maven works offline with links to all other files of the repository in use.
 */
final class Installation {
    private static final Path ROOT = Path.of(System.getProperty("panocrypt.root"));
    private static final Set<String> NOT_SOURCES = Set.of("target", ".git", "test");

    private final Path folder;

    Installation(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        copy(usedRepository(), repository(), Set.of("panocrypt"), Installation::link);
        copy(ROOT, checkout(), NOT_SOURCES, Files::copy);
        maven(
                checkout(),
                "-Dmaven.test.skip=true",
                "-Dspotless.check.skip=true",
                "-pl",
                "panocrypt-testkit,examples/standalone-server",
                "-am",
                "install");
    }

    /** Surefire sets the property. */
    private static Path usedRepository() {
        String used = System.getProperty("localRepository");
        return used == null ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(used);
    }

    Path checkout() {
        return folder.resolve("checkout");
    }

    private Path repository() {
        return folder.resolve("repository");
    }

    /** The server's jar, as in a release folder. */
    Path serverJar() {
        return checkout().resolve("examples/standalone-server/target/panocrypt.jar");
    }

    /** Runs Maven in a project; what it prints is in the failure. */
    void maven(Path project, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B", "-o", "-Dmaven.repo.local=" + repository()));
        command.addAll(Arrays.asList(arguments));
        run(project, Map.of(), command);
    }

    /** Runs a program to its good end. */
    static void run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile("run", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(4 * TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(command + (ended ? " failed:\n" : " does not end:\n") + Files.readString(log));
            }
        } finally {
            Files.delete(log);
        }
    }

    @FunctionalInterface
    interface Transfer {
        Path to(Path from, Path to) throws IOException;
    }

    /** On another file system there are no links. */
    private static Path link(Path from, Path to) throws IOException {
        try {
            return Files.createLink(to, from);
        } catch (IOException | UnsupportedOperationException e) {
            return Files.copy(from, to);
        }
    }

    /** Copies a folder without the folders of these names. */
    static void copy(Path from, Path to, Set<String> without, Transfer transfer) throws IOException {
        FileVisitor<Path> copier = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (without.contains(directory.getFileName().toString()) && !directory.equals(from)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                transfer.to(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        };
        Files.walkFileTree(from, copier);
    }
}
