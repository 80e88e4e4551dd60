package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup}, {@code backup verify} and {@code restore}, and the fence of the restored site. */
class BackupCommandsTest {
    @TempDir
    private static Path shared;

    /** A site with one device, and a backup of it. */
    private static Path data;

    private static Path key;
    private static Path backup;

    @TempDir
    private Path folder = Path.of("");

    private static Tool.Result run(String... arguments) {
        return Tool.main(new byte[0], arguments);
    }

    @BeforeAll
    static void makeASite() throws Exception {
        data = shared.resolve("data");
        key = data.resolve("master-key");
        backup = shared.resolve("site.backup");
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            server.call("POST", "/devices", "{\"name\":\"web-1\"}").ok();
            Tool.Result taken = run("backup", backup.toString(), "--data", data.toString());
            assertEquals(backup + "\n", taken.ok().text());
            assertTrue(taken.errors().contains("keep a copy of that in another place"), taken.errors());
            assertEquals(0, server.terminate());
        }
    }

    private Tool.Result restore(Path from, Path masterKey) {
        return run(
                "restore",
                from.toString(),
                "--data",
                folder.resolve("new").toString(),
                "--master-key-file",
                masterKey.toString());
    }

    private List<Path> restored() throws IOException {
        if (Files.notExists(folder.resolve("new"))) {
            return List.of();
        }
        try (var files = Files.list(folder.resolve("new"))) {
            return files.filter(file -> file.toString().contains("panocrypt.db"))
                    .toList();
        }
    }

    @Nested
    class ABackup {
        @Test
        void isForItsOwnerOnlyAndHoldsNothingReadable() throws IOException {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)));
            String text = Files.readString(backup, StandardCharsets.ISO_8859_1);
            assertFalse(text.contains("web-1"));
            try (var files = Files.list(shared)) {
                assertEquals(2, files.count(), "nothing is left beside it");
            }
        }

        @Test
        void replacesNoFile() throws IOException {
            Path there = Files.writeString(folder.resolve("there"), "precious");
            Tool.Result refused = run("backup", there.toString(), "--data", data.toString());
            assertEquals(1, refused.exit());
            assertTrue(refused.errors().contains("already"), refused.errors());
            assertEquals("precious", Files.readString(there));
        }

        @Test
        void needsAFileAndASite() {
            assertEquals(2, run("backup", "--data", data.toString()).exit());
            Tool.Result refused = run(
                    "backup",
                    folder.resolve("b").toString(),
                    "--data",
                    folder.resolve("none").toString());
            assertEquals(2, refused.exit());
            assertTrue(refused.errors().contains("there is no database in"), refused.errors());
        }
    }

    @Nested
    class Verifying {
        private Tool.Result verify(Path file, Path masterKey) {
            return run("backup", "verify", file.toString(), "--master-key-file", masterKey.toString());
        }

        @Test
        void saysWhatIsInIt() {
            Tool.Result found = verify(backup, key).ok();
            assertTrue(found.text().matches("(?s).*device +1\n.*history +[0-9]+ entries\n.*"), found.text());
        }

        @Test
        void saysItInJsonToo() throws IOException {
            String[] typed = {"backup", "verify", backup.toString(), "--master-key-file", key.toString(), "--json"};
            JsonNode found = new ObjectMapper().readTree(run(typed).ok().text());
            assertTrue(found.path("good").asBoolean() && found.path("intact").asBoolean(), found.toString());
            assertEquals(1, found.path("records").path("device").asInt());
            assertEquals(0, found.path("unusableKeys").size());
        }

        @Test
        void isNotGoodWhereItWasCutOrChanged() throws IOException {
            byte[] whole = Files.readAllBytes(backup);
            byte[] changed = whole.clone();
            changed[whole.length / 2] ^= 1;
            for (byte[] broken : List.of(Arrays.copyOf(whole, whole.length - 1), changed)) {
                Tool.Result found = verify(Files.write(folder.resolve("broken"), broken), key);
                assertEquals(4, found.exit());
                assertTrue(found.errors().contains("incomplete or was changed"), found.errors());
            }
        }

        @Test
        void isNotGoodUnderAnotherKey() throws IOException {
            Path other = folder.resolve("other-key");
            Files.writeString(other, "A".repeat(43) + "\n");
            Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
            Tool.Result found = verify(backup, other);
            assertEquals(4, found.exit());
            assertTrue(found.errors().contains("another master key"), found.errors());
        }

        @Test
        void needsAFileAndAKey() {
            assertEquals(2, verify(folder.resolve("none"), key).exit());
            assertEquals(1, verify(backup, folder.resolve("none")).exit());
            assertEquals(2, run("backup", "verify", backup.toString()).exit());
        }
    }

    @Nested
    class ARestore {
        @Test
        void isRefusedWhereASiteIs() {
            Tool.Result refused = run("restore", backup.toString(), "--data", data.toString());
            assertEquals(1, refused.exit());
            assertTrue(refused.errors().contains("only into an empty one"), refused.errors());
        }

        @Test
        void leavesNothingOfAFileThatIsNotGood() throws IOException {
            byte[] whole = Files.readAllBytes(backup);
            Path broken = Files.write(folder.resolve("broken"), Arrays.copyOf(whole, whole.length - 1));
            assertEquals(4, restore(broken, key).exit());
            assertEquals(1, restore(backup, folder.resolve("no-key")).exit());
            assertEquals(List.of(), restored());
        }

        @Test
        void isRefusedBesideTheLogOfADatabaseThatIsGone() throws IOException {
            Files.createDirectory(folder.resolve("new"));
            Files.writeString(folder.resolve("new/panocrypt.db-wal"), "stale");
            Tool.Result refused = restore(backup, key);
            assertEquals(1, refused.exit());
            assertTrue(refused.errors().contains("move it away"), refused.errors());
            assertEquals("stale", Files.readString(folder.resolve("new/panocrypt.db-wal")));
        }

        @Test
        void canBeRunTwice() throws IOException {
            restore(backup, key).ok();
            restore(backup, key).ok();
            assertFalse(restored().isEmpty());
        }
    }

    /** Somebody puts an old copy of the database in place of today's. */
    @Test
    void isRefusedAtTheStartWhereTheDatabaseIsACopyOfBefore() throws Exception {
        Path site = folder.resolve("site");
        Path db = site.resolve("panocrypt.db");
        try (ServerProcess server = ServerProcess.serve(site, 0)) {
            assertEquals(0, server.terminate());
        }
        byte[] before = Files.readAllBytes(db);
        try (ServerProcess server = ServerProcess.serve(site, 0)) {
            server.call("POST", "/devices", "{\"name\":\"late\"}").ok();
            assertEquals(0, server.terminate());
        }
        byte[] now = Files.readAllBytes(db);
        Files.write(db, before);
        Tool.Result refused = Tool.run(new byte[0], serve(site));
        assertEquals(1, refused.exit());
        assertTrue(refused.errors().contains("is older than " + site.resolve("last-checkpoint")), refused.errors());
        run("backup", folder.resolve("copy").toString(), "--data", site.toString())
                .ok();
        restore(folder.resolve("copy"), site.resolve("master-key")).ok();
        Files.write(db, now);
        try (ServerProcess server = ServerProcess.serve(site, 0)) {
            assertEquals(0, server.terminate());
        }
    }

    private static List<String> serve(Path site) {
        List<String> command = Tool.java();
        command.addAll(List.of("serve", "--listen", "127.0.0.1:0", "--data", site.toString()));
        return command;
    }

    /** From the running site to the machine that unlocks again, with the site's log and history at hand. */
    @Test
    @Tag("long")
    @RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl"})
    void unlocksAfterTheFenceIsLifted() throws Exception {
        Path old = folder.resolve("old");
        Path log = folder.resolve("log");
        Path taken = folder.resolve("taken");
        Path export = folder.resolve("export");
        LuksFile disk = new LuksFile(folder.resolve("disk.img"));
        int port;
        String gone;
        try (ServerProcess server = ServerProcess.serveLoggingTo(log, old)) {
            port = server.port();
            JsonNode device = server.call("POST", "/devices", "{\"name\":\"web-1\",\"sources\":[\"127.0.0.1/32\"]}")
                    .ok();
            gone = server.call("POST", "/devices", "{\"name\":\"gone\"}")
                    .ok()
                    .path("id")
                    .asText();
            server.call("POST", "/devices/" + gone + "/allowances", "{}").ok();
            disk.bind(
                    device.path("unlockUrl").asText(), device.path("thumbprint").asText());
            assertTrue(disk.opens(1));
            run("backup", taken.toString(), "--data", old.toString()).ok();
            server.call("POST", "/devices/" + gone + "/revoke", "{\"confirm\":\"gone\"}")
                    .ok();
            Files.write(
                    export,
                    run("history", "export", "--url", server.url(), "--token-file", old + "/admin-token")
                            .ok()
                            .output());
            assertEquals(0, server.terminate());
        }
        Path masterKey = old.resolve("master-key");
        run("backup", "verify", taken.toString(), "--master-key-file", masterKey.toString())
                .ok();
        Tool.Result told = restore(taken, masterKey).ok();
        assertTrue(told.errors().contains("fence lift --confirm"), told.errors());
        String fresh = folder.resolve("new").toString();
        try (ServerProcess server =
                ServerProcess.serve(Path.of(fresh), port, "--master-key-file", masterKey.toString())) {
            run("admin-token", "--data", fresh, "--master-key-file", masterKey.toString())
                    .ok();
            assertEquals(503, status(server.url() + "/readyz"));
            assertFalse(disk.opens(1), "the fence stands");
            String[] where = {"--url", server.url(), "--token-file", fresh + "/admin-token"};
            Tool.Result shown = run(concat(
                            where, "fence", "show", "--history", export.toString(), "--checkpoints", log.toString()))
                    .ok();
            assertTrue(shown.text().contains("device.revoke  gone"), shown.text());
            assertTrue(shown.text().contains("missing: "), shown.text());
            assertTrue(shown.text().matches("(?s).*cancelled +1 allowances.*"), shown.text());
            run(concat(where, "device", "revoke", "gone", "--confirm", "gone")).ok();
            assertEquals(
                    1,
                    run(concat(where, "fence", "lift", "--confirm", "another")).exit());
            assertFalse(disk.opens(1), "the fence still stands");
            String id = server.call("GET", "/fence", "").ok().path("id").asText();
            run(concat(where, "fence", "lift", "--confirm", id)).ok();
            assertTrue(disk.opens(1));
            assertEquals(200, status(server.url() + "/readyz"));
            assertEquals(
                    "revoked",
                    server.call("GET", "/devices/" + gone, "")
                            .ok()
                            .path("state")
                            .asText());
            assertTrue(server.call("POST", "/history/verify", "")
                    .ok()
                    .path("intact")
                    .asBoolean());
        }
    }

    private static String[] concat(String[] last, String... first) {
        String[] all = Arrays.copyOf(first, first.length + last.length);
        System.arraycopy(last, 0, all, first.length, last.length);
        return all;
    }

    private static int status(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Connection", "close")
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
