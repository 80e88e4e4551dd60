package io.panocrypt.testkit.custody;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AuthProvider;
import java.security.Provider;
import java.security.Security;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.login.LoginException;

/**
 * An installation of SoftHSM2 with a folder of tokens.
 *
 * <p>The library reads its configuration once in a process, from the file that SOFTHSM2_CONF names. So each
 * installation loads a copy of the library, while the file says what this installation needs.
 */
final class SoftHsm implements AutoCloseable {
    static final String UTIL = "softhsm2-util";
    static final String PIN = "correct-1234";
    private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String CONFIGURATION = "SOFTHSM2_CONF";

    private final Path folder;
    private final Path pinFile;

    SoftHsm(String... tokens) throws IOException, InterruptedException {
        String configured = System.getenv(CONFIGURATION);
        assumeTrue(configured != null, CONFIGURATION + " is not set; the build sets it");
        this.folder = Files.createTempDirectory("softhsm");
        this.pinFile = folder.resolve("pin");
        Files.createDirectory(folder.resolve("tokens"));
        Files.copy(LIBRARY, library());
        Files.createFile(pinFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        writePin(PIN);
        install(Path.of(configured), List.of(tokens));
    }

    /** Tests of several processes share the configuration file. */
    @SuppressWarnings("try") // the lock is only held
    private void install(Path configuration, List<String> tokens) throws IOException, InterruptedException {
        Files.createDirectories(configuration.getParent());
        synchronized (SoftHsm.class) {
            try (FileChannel lock = FileChannel.open(
                            configuration.resolveSibling(configuration.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var held = lock.lock()) {
                String text = "directories.tokendir = " + folder.resolve("tokens")
                        + "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n";
                Files.writeString(configuration, text);
                for (String token : tokens) {
                    run(UTIL, "--init-token", "--free", "--label", token, "--pin", PIN, "--so-pin", "officer-1234");
                }
                provider("load");
            }
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " failed with " + process.exitValue());
        }
    }

    private Path library() {
        return folder.resolve("libsofthsm2.so");
    }

    /** A URI for one of the tokens. */
    String uri(String token) {
        return "pkcs11:token=" + token + "?module-path=" + library() + "&pin-source=file:" + pinFile;
    }

    /** Changes the PIN file, and not the token's PIN. */
    void writePin(String pin) throws IOException {
        Files.writeString(pinFile, pin + "\n");
    }

    /** A further provider over the first token. */
    Provider provider(String name) {
        return provider(name, 0);
    }

    /** A further provider over one of the tokens, in the order of the slots. */
    Provider provider(String name, int slot) {
        return Security.getProvider("SunPKCS11")
                .configure("--name = " + name + "\nlibrary = " + library() + "\nslotListIndex = " + slot + "\n");
    }

    /** Ends the login of this process, as a token does that was reset. */
    void logOut() throws LoginException {
        ((AuthProvider) provider("out")).logout();
    }

    /** Takes the tokens away. */
    void lose() throws IOException {
        Files.move(folder.resolve("tokens"), folder.resolve("lost"));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
