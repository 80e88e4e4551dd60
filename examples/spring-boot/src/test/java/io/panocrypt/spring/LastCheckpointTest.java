package io.panocrypt.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.spring.sample.UnlockApplication;
import io.panocrypt.testkit.support.JavaProcess;
import io.panocrypt.testkit.support.LowPorts;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The threat model counts on the log: the last checkpoint of a process that is told to stop is in it. */
@Tag("long")
class LastCheckpointTest {
    @TempDir
    private Path folder;

    @Test
    void isInTheLogOfAProcessThatIsToldToStop() throws Exception {
        // Otherwise H2 ends by itself at the same time.
        String url = "jdbc:h2:file:" + folder.resolve("database") + ";DB_CLOSE_ON_EXIT=FALSE";
        List<String> arguments = Host.arguments(LowPorts.free(), folder, url);
        // What an application logs that has no configuration of its own for it.
        arguments.add("--logging.config=classpath:logback-as-boot.xml");
        Process process = JavaProcess.start(UnlockApplication.class, arguments);
        List<String> log = new ArrayList<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                if (line.contains("Started UnlockApplication")) {
                    // SIGTERM, as a supervisor sends it; the other destroy() also closes the streams.
                    process.toHandle().destroy();
                }
            }
        }
        assertEquals(143, process.waitFor());
        List<Checkpoint> logged =
                log.stream().map(Checkpoint::in).flatMap(Optional::stream).toList();
        assertEquals(1, logged.size(), String.join("\n", log));
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery(
                        "SELECT body FROM panocrypt_journal WHERE kind = 'CHECKPOINT' ORDER BY sequence DESC")) {
            assertTrue(last.next() && last.getString(1).contains(logged.get(0).signature()));
        }
    }
}
