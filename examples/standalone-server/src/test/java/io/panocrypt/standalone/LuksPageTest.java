package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/luks.md do what the page says, with stock clevis and cryptsetup. */
class LuksPageTest {
    private static final Path PAGE =
            Path.of(System.getProperty("panocrypt.root")).resolve("docs").resolve("luks.md");

    @TempDir
    private Path directory;

    /** This much is known without the tools. */
    @Test
    void saysOfEachBlockWhetherItIsRun() throws IOException {
        assertTrue(new PageCommands(Files.readAllLines(PAGE)).size() >= 10);
    }

    @Test
    @Tag("long")
    @RequiresTools({
        "bash",
        "clevis",
        "clevis-luks-bind",
        "clevis-luks-edit",
        "clevis-encrypt-sss",
        "cryptsetup",
        "luksmeta",
        "jose",
        "jq",
        "curl"
    })
    void runs() throws IOException {
        Path data = directory.resolve("data");
        Path programs = Files.createDirectory(directory.resolve("bin"));
        Path trials = Files.createDirectory(directory.resolve("tmp"));
        Path panocrypt = Files.writeString(
                programs.resolve("panocrypt"), "#!/bin/sh\nexec " + quoted(Tool.java()) + " \"$@\"\n");
        Files.setPosixFilePermissions(panocrypt, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            Map<String, String> environment = Map.of(
                    "PATH", programs + ":" + System.getenv("PATH"),
                    "TMPDIR", trials.toString(),
                    "PANOCRYPT_URL", server.url(),
                    "PANOCRYPT_TOKEN_FILE", data.resolve("admin-token").toString());
            new PageCommands(Files.readAllLines(PAGE)).run(directory, environment, server.url());
        }
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }
}
