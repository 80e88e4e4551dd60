package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code history export} and {@code history verify FILE}, with and without a running server; once as the processes that
 * an operator starts.
 */
class HistoryExportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All tests share one server and one export, which they only read. */
    @TempDir
    private static Path shared;

    private static Path data;
    private static Path export;
    private static Path log;
    private static String key;

    @TempDir
    private Path folder = Path.of("");

    private static Tool.Result runInAnotherProcess(byte[] input, String... arguments) {
        // The encoding of an operator's shell in the C locale: names must survive it.
        List<String> command = Tool.java("-Dfile.encoding=US-ASCII");
        command.addAll(List.of(arguments));
        return Tool.run(input, command);
    }

    private static Tool.Result run(String... arguments) {
        return Tool.main(new byte[0], arguments);
    }

    @BeforeAll
    static void exportFromARunningServer() throws Exception {
        data = shared.resolve("data");
        log = shared.resolve("log");
        try (ServerProcess server = ServerProcess.serveLoggingTo(log, data)) {
            server.call("POST", "/devices", "{\"name\":\"web-1\",\"notes\":\"Sch\u00f6neberg\"}")
                    .ok();
            server.call("POST", "/devices", "{\"name\":\"web-2\"}").ok();
            Tool.Result exported = runInAnotherProcess(
                    new byte[0],
                    "history",
                    "export",
                    "--url",
                    server.url(),
                    "--token-file",
                    data.resolve("admin-token").toString());
            export = Files.write(shared.resolve("export"), exported.ok().output());
            key = server.call("POST", "/history/verify", "")
                    .ok()
                    .path("checkpointKey")
                    .asText();
            assertEquals(0, server.terminate());
        }
    }

    @AfterEach
    void leaveNothing() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith("panocrypt-export")));
        }
    }

    @Test
    void isIntactByItself() throws IOException {
        Tool.Result found = runInAnotherProcess(new byte[0], "history", "verify", export.toString())
                .ok();
        // The last one is a checkpoint; a busy machine takes another one before the export.
        int entries = Files.readAllLines(export).size() - 1;
        assertTrue(found.text().startsWith("intact  " + entries + " entries\n"), found.text());
        assertTrue(found.text().contains("entries 1 to " + entries + ", signed up to " + entries), found.text());
        assertTrue(found.text().contains("key     " + key + "\n"), found.text());
        assertTrue(found.errors().contains("--key"), found.errors());
    }

    @Test
    void isReadFromStandardInputToo() throws IOException {
        Tool.Result found = runInAnotherProcess(Files.readAllBytes(export), "history", "verify", "-", "--key", key)
                .ok();
        assertTrue(found.text().startsWith("intact"), found.text());
        assertEquals("", found.errors());
    }

    @Test
    void holdsNamesWhateverTheShellsEncoding() throws IOException {
        assertTrue(Files.readString(export, StandardCharsets.US_ASCII).contains("Sch\\u00F6neberg"));
    }

    @Test
    void isHeldToItsKey() throws IOException {
        String jwk = JSON.readTree(Files.readAllLines(export).get(0))
                .path("checkpointKey")
                .toString();
        run("history", "verify", export.toString(), "--key", jwk).ok();
        Tool.Result other = run("history", "verify", export.toString(), "--key", "x".repeat(43));
        assertEquals(4, other.exit());
        assertEquals(
                "the export is signed by another key than --key names; nothing else was checked\n", other.errors());
        for (String wrong : List.of("{}", "foo", "x".repeat(42), "x".repeat(44), "", "*".repeat(43))) {
            Tool.Result refused = run("history", "verify", export.toString(), "--key", wrong);
            assertEquals(2, refused.exit(), wrong);
            assertTrue(refused.errors().startsWith("--key is neither a thumbprint of 43 characters nor "), wrong);
        }
    }

    @Test
    void isComparedWithTheLog() throws IOException {
        // The server took a checkpoint when it stopped, after the export.
        Tool.Result found = run("history", "verify", export.toString(), "--key", key, "--checkpoints", log.toString())
                .ok();
        assertTrue(found.errors().contains("compared with 1 checkpoint lines"), found.errors());
        String[] typed = {"history", "verify", export.toString(), "--key", key, "--checkpoints", "-"};
        Tool.Result piped = Tool.main(Files.readAllBytes(log), typed).ok();
        assertEquals(found.text() + found.errors(), piped.text() + piped.errors());
        Tool.Result both = run("history", "verify", "-", "--checkpoints", "-");
        assertEquals(2, both.exit());
        assertTrue(
                both.errors().startsWith("FILE and --checkpoints cannot both be standard input\nsee "), both.errors());
        Tool.Result nothing = run(typed);
        assertEquals(2, nothing.exit());
        assertTrue(nothing.errors().startsWith("standard input holds no checkpoint line"), nothing.errors());
        for (Path none : List.of(folder, folder.resolve("none"))) {
            Tool.Result blamed = run("history", "verify", export.toString(), "--checkpoints", none.toString());
            assertEquals(2, blamed.exit());
            assertTrue(blamed.errors().startsWith("--checkpoints: " + none + " is not a file "), blamed.errors());
        }
        Path empty = Files.writeString(folder.resolve("empty"), "nothing\n");
        Tool.Result unproven = run("history", "verify", export.toString(), "--checkpoints", empty.toString());
        assertEquals(2, unproven.exit());
        assertTrue(unproven.errors().contains("no checkpoint line"), unproven.errors());
    }

    /** The server is restarted on a database whose last entries are gone, and signs what it finds. */
    @Test
    void showsAnEndThatWasCutOffWhileTheServerWasDown() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("data"));
        try (var files = Files.list(data)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        sql(copy, "DELETE FROM panocrypt_journal WHERE sequence >= 4");
        // Without it the server would refuse the database; who writes to that may remove the file beside it.
        Files.delete(copy.resolve("last-checkpoint"));
        Path later;
        try (ServerProcess server = ServerProcess.serve(copy, 0)) {
            later = Files.write(
                    folder.resolve("later"),
                    run(
                                    "history",
                                    "export",
                                    "--url",
                                    server.url(),
                                    "--token-file",
                                    copy.resolve("admin-token").toString())
                            .ok()
                            .output());
        }
        run("history", "verify", later.toString(), "--key", key).ok();
        Tool.Result found = run("history", "verify", later.toString(), "--key", key, "--checkpoints", log.toString());
        assertEquals(4, found.exit());
        assertTrue(found.errors().contains("chain main, entry 4: missing"), found.errors());
    }

    private static void sql(Path data, String statement) throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("panocrypt.db"));
                Statement change = database.createStatement()) {
            assertTrue(change.executeUpdate(statement) > 0);
        }
    }

    @Test
    void namesTheRowThatWasChangedOrDeleted() throws IOException {
        List<String> lines = Files.readAllLines(export);
        List<String> changed = new ArrayList<>(lines);
        ObjectNode row = (ObjectNode) JSON.readTree(lines.get(2));
        changed.set(2, row.put("time", "2020-01-01T00:00:00Z").toString());
        assertNotIntact(changed, "chain main, entry 2: changed");
        List<String> deleted = new ArrayList<>(lines);
        deleted.remove(3);
        assertNotIntact(deleted, "chain main, entry 3: missing");
        List<String> spoilt = new ArrayList<>(lines);
        spoilt.set(3, "not a row");
        assertNotIntact(spoilt, "line 4: cannot be read");
    }

    private void assertNotIntact(List<String> lines, String complaint) throws IOException {
        Path file = Files.write(folder.resolve("tampered"), lines);
        Tool.Result found = run("history", "verify", file.toString(), "--key", key);
        assertEquals(4, found.exit());
        assertEquals("", found.text());
        assertTrue(found.errors().contains("the export is NOT intact, broken at " + complaint), found.errors());
        Tool.Result json = run("history", "verify", file.toString(), "--json");
        assertEquals(4, json.exit());
        assertFalse(JSON.readTree(json.text()).path("intact").asBoolean(true));
    }

    @Test
    void saysWhatCannotBeChecked() throws IOException {
        assertEquals(
                2, run("history", "verify", folder.resolve("none").toString()).exit());
        assertEquals(2, run("history", "verify", folder.toString()).exit());
        Path rows = Files.write(
                folder.resolve("headless"), Files.readAllLines(export).subList(1, 5));
        Tool.Result headless = run("history", "verify", rows.toString());
        assertEquals(2, headless.exit());
        assertTrue(headless.errors().contains("not an export"), headless.errors());
        assertEquals(2, run("history", "verify", "--key", key).exit());
    }

    @Test
    void serverRefusesToKeepHistoryForLessThanADay() {
        Tool.Result refused = run(
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--data",
                folder.resolve("new").toString(),
                "--history-retention",
                Duration.ofHours(1).toString());
        assertEquals(2, refused.exit());
        assertTrue(refused.errors().contains("--history-retention must be zero, or a day at least"), refused.errors());
    }
}
