package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The server's process: its files, its first start, its stop. */
class ServeTest {
    /** For the tests that only ask a running server. */
    @TempDir
    private static Path shared;

    private static ServerProcess running;

    @TempDir
    private Path directory;

    @BeforeAll
    static void serve() throws IOException {
        running = ServerProcess.serve(shared.resolve("data"), 0);
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    @Test
    void startsStopsAndStartsAgain() throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            assertTrue(server.announced()
                    .get(0)
                    .contains(data.resolve("admin-token").toString()));
            assertEquals("rwx------", permissions(data));
            assertEquals("rw-------", permissions(data.resolve("admin-token")));
            assertEquals("rw-------", permissions(data.resolve("master-key")));
            assertEquals(0, server.terminate());
        }
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            assertEquals(1, server.announced().size(), "first-start acts happen once");
            server.call("GET", "/devices", "").ok();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Makes a store with its master key in the directory, as the first start does. */
    private static void makeStore(Path data) {
        Storage storage = Storage.local(new DataDirectory(data, data.resolve("master-key")));
        Service.open(storage, URI.create("http://127.0.0.1"), settings -> {}).close();
    }

    private static String refusedStart(Path data, String... options) {
        return failed(1, "serve --listen 127.0.0.1:0 --data " + data + " " + String.join(" ", options));
    }

    @Test
    @Timeout(TestTimeout.MAX_SECONDS)
    void refusesAStoreWithoutItsMasterKey() throws IOException {
        Path data = directory.resolve("data");
        makeStore(data);
        Path aside = directory.resolve("aside");
        Files.move(data.resolve("master-key"), aside);
        String told = refusedStart(data);
        assertTrue(told.contains("the master key " + data.resolve("master-key") + " is missing"), told);
        assertFalse(Files.exists(data.resolve("master-key")), "a new key would never fit");
        Files.move(aside, data.resolve("master-key"));
        makeStore(data);
    }

    @Test
    @Timeout(TestTimeout.MAX_SECONDS)
    void refusesAStoreUnderAnotherMasterKey() throws IOException {
        Path data = directory.resolve("data");
        makeStore(data);
        Path other = directory.resolve("other-key");
        MasterKey.create(other, new SecureRandom()).close();
        String told = refusedStart(data, "--master-key-file", other.toString());
        assertTrue(told.contains("sealed under another master key"), told);
    }

    @Test
    void keepsOperatorsOnTheirOwnAddress() throws IOException, InterruptedException {
        try (ServerProcess server =
                ServerProcess.serve(directory.resolve("data"), 0, "--admin-listen", "127.0.0.1:0")) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/devices"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(404, answer.statusCode());
            String next = server.announced().stream()
                    .filter(line -> line.contains("--url "))
                    .findFirst()
                    .orElseThrow();
            String admin = next.substring(next.indexOf("--url ") + 6).split(" ")[0];
            answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(admin + "/api/v1/devices"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(401, answer.statusCode());
            assertEquals(401, enrollUnknown(server.url()));
            assertNotEquals(401, enrollUnknown(admin), "machines enrol where they boot, and only there");
        }
    }

    private static int enrollUnknown(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/enroll"))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--listen foo",
                "--listen 127.0.0.1:99999",
                "--listen 0.0.0.0:0",
                "--trusted-proxy 1.2.3.4/99",
                "--forwarded-header x",
                "--peer-connections 0",
                "--peer-requests -1",
                "--peer-requests many",
                "--tls-cert cert.pem",
                "--admin-listen 127.0.0.1:0 --admin-tls-key key.pem",
                "--admin-tls-cert cert.pem --admin-tls-key key.pem",
                "--listen 127.0.0.1:0 --jdbc-url jdbc:other:x",
                "--listen 127.0.0.1:0 --jdbc-user u",
                "--listen 127.0.0.1:0 --node n",
                "--listen 127.0.0.1:0 --jdbc-url jdbc:postgresql:x --node a/b",
                "--schema drop",
                "--listen 127.0.0.1:0 --table-prefix Unlock_",
                "--config /no/such/file",
                "--listen 127.0.0.1:0 --notify-allow 1.2.3.4/99",
                "--listen 127.0.0.1:0 --ntfy-token ntfy.example",
                "--listen 127.0.0.1:0 --ntfy-token ntfy.example=/no/such/file",
                "--listen 127.0.0.1:0 --smtp smtps://mail.example",
                "--listen 127.0.0.1:0 --smtp smtps:mail.example --mail-from a@mail.example",
                "--listen 127.0.0.1:0 --smtp imap://mail.example --mail-from a@mail.example",
                "--listen 127.0.0.1:0 --smtp smtps://u@mail.example --mail-from a@mail.example",
                "--listen 127.0.0.1:0 --smtp-password-file /no/such/file",
                "--listen 127.0.0.1:0 --mail-hello mail.example",
                "--listen 127.0.0.1:0 --smtp smtps://mail.example --mail-from a@mail.example --mail-hello [mail]",
                "--listen 127.0.0.1:0 --push-subject http://panocrypt.example",
                "--no-such-option"
            })
    void tellsWrongOptionsByExitCode2(String options) {
        refused(options);
    }

    /** The command's standard error without the last line, which names the help. */
    private String refused(String options) {
        String lines = failed(2, "serve --data " + directory.resolve("data") + " " + options);
        assertFalse(Files.exists(directory.resolve("data")), "nothing is made for a wrong command");
        assertTrue(lines.matches("(?s).*\nsee 'panocrypt( serve)? --help'\n"), lines);
        return lines.substring(0, lines.lastIndexOf("see '"));
    }

    private static String failed(int exitCode, String command) {
        Tool.Result result = Tool.main(new byte[0], command.split(" "));
        assertEquals(exitCode, result.exit(), result.errors());
        return result.errors();
    }

    /** The server that refuses knows only schemes, not its own options or other commands. */
    @Test
    void namesTheOptionThatSwitchesAChannelOn() {
        String edit = "member edit me --url " + running.url() + " --token-file " + shared.resolve("data/admin-token")
                + " --contact ";
        assertTrue(failed(1, edit + "mailto:a@example.org").contains("only ntfy; serve --smtp and --mail-from "));
        assertTrue(failed(1, edit + "log:x").contains("only ntfy; serve --notify-log "));
        assertTrue(failed(1, edit + "https://h.example/").contains("only ntfy; add a program with webhook add"));
    }

    @Test
    void saysThatThereIsNoDenyToLift() throws IOException {
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data, 0)) {
            String whereAndWho = " web1 --url " + server.url() + " --token-file " + data.resolve("admin-token");
            assertEquals(0, Main.execute(("device add --source 192.0.2.0/24" + whereAndWho).split(" ")));
            assertEquals(
                    "refused: Not Found (404)\n  nothing to lift: the device has no temporary deny\n",
                    failed(1, "device lift-deny" + whereAndWho));
        }
    }

    @Test
    void namesTheOptionThatDoesNothingWithoutAnother() {
        assertEquals(
                "panocrypt: --tang-allow goes with --tang-dir\n",
                refused("--listen 0.0.0.0:0 --tang-allow 10.0.0.0/8"));
        assertEquals(
                "panocrypt: --forwarded-header goes with --trusted-proxy\n",
                refused("--listen 0.0.0.0:0 --forwarded-header x-forwarded-for"));
    }

    @Test
    void namesATangDirectoryThatIsNone() {
        assertTrue(failed(2, "serve --tang-dir /no/such/directory")
                .startsWith("panocrypt: --tang-dir: /no/such/directory is not a directory\nsee '"));
    }

    /** A Tang directory has no store, no operators and no notices. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--jdbc-url jdbc:postgresql://h/d",
                "--master-key-file f",
                "--admin-listen 127.0.0.1:0",
                "--history-retention 400d",
                "--notify-log",
                "--public-url http://h"
            })
    void namesTheOptionThatDoesNothingWithATangDirectory(String option) {
        String told = failed(2, "serve --tang-dir " + directory.resolve("none") + " " + option);
        assertTrue(
                told.startsWith("panocrypt: " + option.split(" ")[0] + " does nothing with --tang-dir\nsee '"), told);
    }

    /** Unit files and containers often set a variable to nothing. */
    @Test
    void takesAnEmptyVariableForOneThatIsNotSet() {
        CommandLine command = Main.command(new String[0], Map.of("PANOCRYPT_LISTEN", "", "PANOCRYPT_CONFIG", ""));
        CommandLine serve = command.getSubcommands().get("serve");
        command.parseArgs("serve");
        assertEquals(
                "127.0.0.1:8080", serve.getCommandSpec().findOption("--listen").getValue());
    }

    /** The library's messages name its builder's settings. */
    @ParameterizedTest
    @CsvSource({
        "--admin-url https://admin.example/, must be http or https",
        "--public-url ftp://unlock.example, must be http or https",
        "--history-retention 23h, 'must be zero, or a day at least'",
        "--approval-pending 0s, must be a second at least",
        "--approval-window 0s, must be a second at least",
        "--temporary-deny PT-1S, must be a second at least"
    })
    void namesTheOptionThatTheLibraryRefuses(String option, String problem) {
        String told = refused("--listen 127.0.0.1:0 " + option);
        assertTrue(told.startsWith("panocrypt: " + option.split(" ")[0] + " " + problem), told);
    }

    @Test
    @Tag("long")
    void hasBrowsersSubscribeToTheSameKeyAfterARestart() throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        List<String> keys = new ArrayList<>();
        for (int start = 0; start < 2; start++) {
            try (ServerProcess server = ServerProcess.serve(data, 0, "--admin-url", "https://panocrypt.example")) {
                keys.add(server.call("GET", "/push-key", "")
                        .ok()
                        .get("applicationServerKey")
                        .asText());
                server.terminate();
            }
        }
        assertEquals(keys.get(0), keys.get(1));
        assertEquals(404, running.call("GET", "/push-key", "").status(), "nothing is pushed that names nobody to ask");
        try (Stream<Path> files = Files.list(data)) {
            assertFalse(files.anyMatch(file -> file.getFileName().toString().contains("push")), "no key lies bare");
        }
    }

    @Test
    void refusesAnUnknownOptionInTheFile() throws IOException {
        Path config = Files.writeString(directory.resolve("config"), "lisen=127.0.0.1:0\n");
        assertEquals(2, Main.execute("serve", "--config", config.toString()));
    }

    @Test
    void recoversNothingWhereNoServerWas() {
        Path data = directory.resolve("mistyped");
        assertEquals(2, Main.execute("admin-token", "--data", data.toString()));
        assertFalse(Files.exists(data));
    }

    @Test
    void recoversATokenWithoutALogOnTheTerminal() throws Exception {
        Path data = shared.resolve("data");
        List<String> command = Tool.java();
        command.addAll(List.of("admin-token", "--data", data.toString()));
        Tool.Result recovered = Tool.run(new byte[0], command);
        recovered.ok();
        assertEquals("also in " + data.resolve("admin-token") + "; the old token has ended\n", recovered.errors());
        running.call("GET", "/members", "").ok();
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("panocrypt.db"), "not a database, but long enough to look like one".repeat(100));
        assertEquals(1, Main.execute("serve", "--listen", "127.0.0.1:0", "--data", data.toString()));
    }

    @Test
    void answersWhileManyBodiesStall() throws IOException, InterruptedException {
        assertEquals("rw-------", permissions(shared.resolve("data/panocrypt.db")));
        List<Socket> stalled = new ArrayList<>();
        String head = "POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/rec/x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{";
        try {
            for (int i = 0; i < 260; i++) {
                Socket socket = new Socket("127.0.0.1", running.port());
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                stalled.add(socket);
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create(running.url() + "/healthz"))
                    .build();
            assertEquals(
                    200,
                    HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode());
            Socket last = stalled.get(stalled.size() - 1);
            last.setSoTimeout(1);
            assertThrows(
                    SocketTimeoutException.class, () -> last.getInputStream().read(), "it is closed already");
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }
}
