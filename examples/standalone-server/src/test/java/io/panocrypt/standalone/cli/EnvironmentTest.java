package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EnvironmentTest extends CliFixture {
    private Map<String, String> told() {
        return Map.of("PANOCRYPT_URL", server.url(), "PANOCRYPT_TOKEN_FILE", tokenFile.toString());
    }

    private Ran runInAnotherProcess(Map<String, String> variables, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Root.class.getName()));
        command.addAll(List.of(args));
        File out = dir.resolve("out").toFile();
        File err = dir.resolve("err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectOutput(out)
                .redirectError(err);
        builder.environment().keySet().removeIf(name -> name.startsWith("PANOCRYPT_") || name.contains("JAVA"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "the command hangs");
        } finally {
            process.destroyForcibly();
        }
        return new Ran(process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    @Test
    void namesTheServerAndTheTokenFile() throws Exception {
        server.on("GET /audit?limit=50", 200, "{\"items\":[],\"nextCursor\":null}");
        assertEquals(
                new Ran(0, "{\"items\":[],\"nextCursor\":null}\n", ""), runInAnotherProcess(told(), "audit", "--json"));
        assertEquals("Bearer " + TOKEN, server.last().authorization());
        assertNull(server.last().ifMatch());
    }

    @Test
    void isNamedWhereItsTokenIsRefused() throws Exception {
        server.on("GET /audit?limit=50", 401, "{\"title\":\"Unauthorized\",\"status\":401,\"problems\":[]}");
        Ran ran = runInAnotherProcess(told(), "audit");
        assertTrue(
                ran.err().contains("the token is from the file " + tokenFile + ", named by PANOCRYPT_TOKEN_FILE\n"),
                ran.err());
    }

    /** Unit files and containers often set a variable to nothing. */
    @Test
    void isNotSetWhereItIsEmpty() throws Exception {
        Map<String, String> empty = Map.of("PANOCRYPT_URL", "", "PANOCRYPT_TOKEN_FILE", "", "PANOCRYPT_CA", "");
        Ran ran = runInAnotherProcess(empty, "audit");
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().startsWith("there is no token file ./panocrypt-data/admin-token"), ran.err());
        Ran help = runInAnotherProcess(empty, "audit", "--help");
        assertTrue(help.out().contains("Default: http://127.0.0.1:8080\n"), help.out());
    }

    @Test
    void isNotNeeded() throws Exception {
        Ran ran = runInAnotherProcess(Map.of(), "audit");
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().startsWith("there is no token file ./panocrypt-data/admin-token"), ran.err());

        Ran help = runInAnotherProcess(Map.of(), "audit", "--help");
        assertEquals(0, help.exitCode());
        assertTrue(help.out().contains("Default: http://127.0.0.1:8080\n"), help.out());
    }
}
