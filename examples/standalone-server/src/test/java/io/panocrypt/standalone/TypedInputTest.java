package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input is taken exactly as typed, or refused. */
class TypedInputTest {
    private static final long TIMEOUT_SECONDS = 300;

    @TempDir
    private Path directory = Path.of("");

    private record Ran(int exitCode, String err) {}

    private static Ran run(String... arguments) {
        Tool.Result result = Tool.main(new byte[0], arguments);
        return new Ran(result.exit(), result.errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trusted-proxy", "--tang-allow", "--notify-allow"})
    void refusesHostBitsInAnOptionAndSaysWhatMayBeMeant(String option) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:0", option, "10.0.5.7/24"));
        arguments.addAll(
                option.equals("--tang-allow")
                        ? List.of("--tang-dir", directory.toString())
                        : List.of("--data", directory + "/data"));
        Ran ran = run(arguments.toArray(String[]::new));
        assertEquals(2, ran.exitCode(), ran.err());
        assertTrue(
                ran.err().contains("10.0.5.7/24: host bits are set: did you mean 10.0.5.0/24 or 10.0.5.7?"), ran.err());
    }

    @Test
    void saysWhyItCannotListen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Ran ran = run("serve", "--listen", address, "--data", directory + "/data");
            assertEquals(1, ran.exitCode());
            assertEquals(
                    "panocrypt: cannot listen on " + address + ": Address already in use",
                    ran.err().strip());
        }
    }

    @Test
    void aConfigFileThatCannotBeReadNamesTheHelpOfItsCommand() throws Exception {
        Ran ran = run("serve", "--config", "no-such-file");
        assertEquals(2, ran.exitCode());
        assertEquals(
                List.of("panocrypt: --config: there is no file no-such-file", "see 'panocrypt serve --help'"),
                ran.err().lines().toList());
    }

    @Test
    void namesWhatTheJvmCouldNotDecode() {
        assertEquals(Optional.empty(), Main.unreadable(new String[] {"a", "caf\u00e9"}, Map.of("HOME", "\ufffd")));
        assertTrue(Main.unreadable(new String[] {"device", "caf\ufffd\ufffd"}, Map.of())
                .orElseThrow()
                .startsWith("argument 2 is not valid UTF-8"));
        assertTrue(Main.unreadable(new String[] {}, Map.of("PANOCRYPT_DATA", "\ufffd"))
                .orElseThrow()
                .startsWith("PANOCRYPT_DATA is not valid UTF-8"));
        assertEquals(
                " is not readable in the locale's encoding (ANSI_X3.4-1968); set LC_ALL=C.UTF-8",
                Main.wrongEncoding("ANSI_X3.4-1968"));
    }

    private Ran start(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().putAll(environment);
        Process process =
                builder.redirectOutput(directory.resolve("out").toFile()).start();
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "it does not end");
        return new Ran(process.exitValue(), Files.readString(err));
    }

    /** Nothing listens on port 1, so exit code 3 means that the text was accepted. */
    @ParameterizedTest
    @CsvSource({"C, 2", "POSIX, 2", "C.UTF-8, 3"})
    void refusesAnArgumentThatTheLocaleCannotRead(String locale, int exitCode) throws Exception {
        Files.writeString(directory.resolve("token"), "t");
        Ran ran = start(
                Map.of("LC_ALL", locale),
                "sh",
                "-c",
                "exec \"$0\" -XX:TieredStopAtLevel=1 -cp \"$1\" " + Main.class.getName()
                        + " device add web-1 --notes \"$(printf 'caf\\303\\251')\" --url http://127.0.0.1:1 --token-file \"$2\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                directory.resolve("token").toString());
        assertEquals(exitCode, ran.exitCode(), ran.err());
        assertEquals(exitCode == 2, ran.err().contains("set LC_ALL=C.UTF-8"), ran.err());
    }

    /** The launcher, with a fake Java that prints its locale. */
    @ParameterizedTest
    @CsvSource({"C, C.UTF-8", "POSIX, C.UTF-8", "'', C.UTF-8", "no_SUCH.UTF-8, C.UTF-8", "C.UTF-8, C.UTF-8"})
    void startsTheJvmInALocaleThatReadsAllLetters(String locale, String expected) throws Exception {
        Path root = directory.resolve("root");
        Path jar = Files.createDirectories(root).resolve("panocrypt.jar");
        Files.copy(Path.of("../../panocrypt"), root.resolve("panocrypt"));
        Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\ncase $1 in -version) echo 'openjdk version \"17.0.1\"' ;; *) echo \"$LC_ALL\" ;; esac\n");
        assertTrue(java.toFile().setExecutable(true));
        Files.writeString(jar, "");
        Ran ran = start(
                Map.of("LC_ALL", locale, "JAVA_HOME", directory.resolve("jdk").toString()),
                "sh",
                root.resolve("panocrypt").toString());
        assertEquals(0, ran.exitCode(), ran.err());
        assertEquals(List.of(expected), Files.readAllLines(directory.resolve("out")));
    }
}
