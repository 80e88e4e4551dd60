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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EnvironmentTest extends CliFixture {
    private Ran runInAnotherProcess(boolean told, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
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
        if (told) {
            builder.environment().put("PANOCRYPT_URL", server.url());
            builder.environment().put("PANOCRYPT_TOKEN_FILE", tokenFile.toString());
        }
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
                new Ran(0, "{\"items\":[],\"nextCursor\":null}\n", ""), runInAnotherProcess(true, "audit", "--json"));
        assertEquals("Bearer " + TOKEN, server.last().authorization());
        assertNull(server.last().ifMatch());
    }

    @Test
    void isNotNeeded() throws Exception {
        Ran ran = runInAnotherProcess(false, "audit");
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().startsWith("there is no token file ./panocrypt-data/admin-token"), ran.err());

        Ran help = runInAnotherProcess(false, "audit", "--help");
        assertEquals(0, help.exitCode());
        assertTrue(help.out().contains("Default: http://127.0.0.1:8080\n"), help.out());
    }
}
