package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Tokens of SoftHSM2 in a folder, for commands that run in processes of their own. */
final class SoftHsmTokens {
    static final String UTIL = "softhsm2-util";
    static final String PIN = "correct-1234";
    static final String WRONG_PIN = "wrong-98765";

    private final Path folder;
    private final Path pinFile;

    /** @param folder must exist, and be empty */
    SoftHsmTokens(Path folder, String... labels) throws IOException, InterruptedException {
        this.folder = folder;
        this.pinFile = Files.createFile(
                folder.resolve("pin"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.createDirectory(tokens());
        Files.writeString(
                folder.resolve("softhsm2.conf"), "directories.tokendir = " + tokens() + "\nlog.level = ERROR\n");
        writePin(PIN);
        for (String label : labels) {
            ProcessBuilder init = new ProcessBuilder(
                            UTIL, "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            init.environment().putAll(environment());
            assertEquals(0, init.start().waitFor());
        }
    }

    private Path tokens() {
        return folder.resolve("tokens");
    }

    Map<String, String> environment() {
        return Map.of("SOFTHSM2_CONF", folder.resolve("softhsm2.conf").toString());
    }

    String uri(String label) {
        return "pkcs11:token=" + label + "?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:" + pinFile;
    }

    /** Changes the PIN file, and not the PIN of a token. */
    void writePin(String pin) throws IOException {
        Files.writeString(pinFile, pin + "\n");
    }

    long objects() throws IOException {
        try (Stream<Path> files = Files.walk(tokens())) {
            return files.filter(file -> file.toString().endsWith(".object")).count();
        }
    }

    /** Runs a command of ours where the tokens are. */
    Tool.Result command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env"));
        environment().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(Tool.java());
        command.addAll(Arrays.asList(arguments));
        return Tool.run(new byte[0], command);
    }
}
