package io.panocrypt.testkit.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes open a new SQLite file at the same moment: one creates the tables, and all work. */
class StartTogetherTest {
    private static final int NODES = 3;

    /** A process with its input and output. */
    private record Node(Process process, BufferedWriter orders, BufferedReader answers) {
        void open(Path file) throws IOException {
            orders.write(file + "\n");
            orders.flush();
        }
    }

    @TempDir
    private Path folder;

    private final List<Node> nodes = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        for (int number = 1; number <= NODES; number++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            StartingNode.class.getName(),
                            "node-" + number)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            nodes.add(new Node(
                    process,
                    process.outputWriter(StandardCharsets.UTF_8),
                    process.inputReader(StandardCharsets.UTF_8)));
        }
        // Each runs once alone first, so all are equally fast in the race.
        for (Node node : nodes) {
            node.open(folder.resolve("of-" + node.process().pid()));
        }
        awaitAll("warm-up");
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> node.process().destroyForcibly());
    }

    private void awaitAll(String when) throws IOException {
        for (Node node : nodes) {
            assertEquals(StartingNode.DONE, node.answers().readLine(), when);
        }
    }

    @Test
    void makesTheTablesOnce() throws Exception {
        startTogether(10);
    }

    @Test
    @Tag("long")
    void makesTheTablesOnceEachOfManyTimes() throws Exception {
        startTogether(100);
    }

    private void startTogether(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            Path file = folder.resolve("new-" + round + ".db");
            for (Node node : nodes) {
                node.open(file);
            }
            awaitAll("round " + round);
            assertEquals(1, number(file, "SELECT COUNT(*) = MAX(version) FROM panocrypt_schema"), "round " + round);
            assertEquals(1, number(file, "SELECT MAX(value) FROM panocrypt_meta"), "round " + round);
            assertEquals(NODES, number(file, "SELECT COUNT(DISTINCT chain) FROM panocrypt_journal"), "round " + round);
        }
    }

    private static int number(Path file, String query) throws SQLException {
        try (Connection connection = StoredDatabase.source(file).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.getInt(1);
        }
    }
}
