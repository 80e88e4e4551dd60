package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A stub server and a token file. Runs commands under the Turkish locale. */
abstract class CliFixture {
    static final String TOKEN = "Secret-Token.123";
    static final String ID = "abc234";
    static final String DEVICE = "{\"id\":\"abc234\",\"name\":\"web1\",\"state\":\"active\","
            + "\"unlockUrl\":\"http://h/u/t\",\"thumbprint\":\"thp\",\"bindCommand\":\"clevis luks bind -d /dev/... tang"
            + " '{\\\"url\\\":\\\"http://h/u/t\\\",\\\"thp\\\":\\\"thp\\\"}'\",\"tags\":[\"prod\",\"site=izmir\"],"
            + "\"sources\":[\"192.0.2.0/28\"],\"networkAccessLists\":[\"l1\"],\"requireApproval\":true,"
            + "\"acknowledgeOpen\":false,\"volumes\":2,\"notes\":\"rack 4\",\"curve\":\"P-521\",\"custody\":\"default\","
            + "\"keys\":[{\"generation\":1,\"hidden\":true,\"exchange\":\"k1\",\"custody\":\"pkcs11\"},"
            + "{\"generation\":2,\"hidden\":false,\"exchange\":\"k2\",\"custody\":\"site\"}],"
            + "\"created\":\"2026-11-22T04:00:00Z\",\"lastSeen\":null,\"lastUnlock\":null,\"warnings\":[],\"version\":7}";

    /** The result of a command. */
    record Ran(int exitCode, String out, String err) {}

    @Command(name = "panocrypt")
    static final class Root {
        public static void main(String... args) {
            CommandLine root = new CommandLine(new Root());
            OperatorCommands.addTo(root);
            System.exit(root.execute(args));
        }
    }

    /** Created once, under the Turkish locale of the first test, since creating it takes far longer than any command. */
    private static final class Commands {
        static final CommandLine ROOT = new CommandLine(new Root());

        static {
            OperatorCommands.addTo(ROOT);
        }
    }

    @TempDir
    Path dir = Path.of("");

    private final Locale usual = Locale.getDefault();
    Path tokenFile = Path.of("");
    StubServer server;

    @BeforeEach
    void start() throws IOException {
        // In Turkish the lower case of I is not i. Set here, because a system property of the test plugin comes too
        // late.
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        tokenFile = Files.writeString(dir.resolve("token"), "\n " + TOKEN + " \n");
        server = new StubServer().on("GET /devices/web1", 200, DEVICE).on("GET /devices/" + ID, 200, DEVICE);
    }

    @AfterEach
    void stop() throws IOException {
        Locale.setDefault(usual);
        server.close();
        OpenApi api = new OpenApi();
        server.lines().stream().filter(line -> !line.contains(" outside ")).forEach(api::assertKnows);
    }

    Ran run(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--url", server.url(), "--token-file", tokenFile.toString()));
        return runAsTyped(all.toArray(String[]::new));
    }

    Ran runAsTyped(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Commands.ROOT
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
        String seen = out + "" + err;
        assertFalse(seen.contains(TOKEN), "the token was printed");
        return new Ran(exitCode, out.toString(), err.toString());
    }

    static String[] words(String line) {
        return line.split(" ");
    }

    static void assertDone(Ran ran) {
        assertEquals(0, ran.exitCode(), ran.err());
    }
}
