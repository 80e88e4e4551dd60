package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.standalone.cli.base.Typed;
import io.panocrypt.standalone.common.StartupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** A wrong option of a notification channel is refused, and no other option is blamed. */
class NoticeOptionsTest {
    private static final String RESERVED =
            " | --push-subject must name a host that others can reach: Apple refuses one such as localhost or .local";

    private static final String MAIL = "--smtp smtps://mail.example --mail-from pano@mail.example ";

    @TempDir
    private Path directory = Path.of("");

    @Command(name = "serve")
    private static final class Serve {
        @Mixin
        private NoticeOptions notices = new NoticeOptions();
    }

    /** Sets the channels up as far as this is possible without a store. */
    private static void set(String... arguments) {
        Serve serve = new Serve();
        CommandLine command = new CommandLine(serve);
        Typed.addTo(command);
        command.parseArgs(arguments);
        serve.notices.settings().accept(Panocrypt.builder());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--smtp smtp+plain://USER@host --smtp-password-file F --mail-from a@b.example"
                        + " | --smtp: no login is sent over smtp+plain://; leave USER out",
                "--smtp smtp+plain://USER@host --mail-from a@b.example"
                        + " | --smtp: no login is sent over smtp+plain://; leave USER out",
                "--smtp smtps://USER:pw@host --smtp-password-file F --mail-from a@b.example"
                        + " | --smtp: the password goes into --smtp-password-file, not into the URL",
                "--smtp smtps://USER@host --mail-from a@b.example | --smtp: USER needs --smtp-password-file",
                "--smtp smtps://USER@host --smtp-password-file none --mail-from a@b.example"
                        + " | --smtp-password-file: cannot be read",
                "--smtp smtps://host:0 --mail-from a@b.example | --smtp: a mail server has a host and a port",
                "--smtp smtps://host --mail-from pano"
                        + " | --mail-from must be one address, LOCAL@DOMAIN in ASCII, without a name before it",
                "--mail-from pano"
                        + " | --mail-from must be one address, LOCAL@DOMAIN in ASCII, without a name before it",
                "--smtp smtps://host | --smtp needs --mail-from",
                MAIL + "--mail-hello [mail]"
                        + " | --mail-hello [mail]: a mail server is greeted by a domain or an address in brackets",
                MAIL + "--mail-hello [mail] --push-subject tel:1"
                        + " | --mail-hello [mail]: a mail server is greeted by a domain or an address in brackets;"
                        + " --push-subject must be a mailto: or https: URI",
                "--push-subject mailto:ops@pano.local" + RESERVED,
                "--push-subject mailto:ops@LOCALHOST?subject=a@b.org" + RESERVED,
                "--push-subject https://pano.test./ops" + RESERVED,
                "--push-subject https://pano.example:8443" + RESERVED,
                "--push-subject https://invalid" + RESERVED,
                "--ntfy-token ntfy.example=empty | --ntfy-token: empty does not hold one token",
                "--ntfy-token ntfy.example=two | --ntfy-token: two does not hold one token",
                "--ntfy-token ntfy.example=. | --ntfy-token: cannot read ."
            })
    void isRefusedInItsOwnName(String options, String line) throws IOException {
        Path file = Files.writeString(directory.resolve("F"), "password\n");
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        Path two = Files.writeString(directory.resolve("two"), "a\nb\n");
        String[] arguments = options.replace("-file F", "-file " + file)
                .replace("=empty", "=" + empty)
                .replace("=two", "=" + two)
                .split(" ");
        StartupException refused = assertThrows(StartupException.class, () -> set(arguments));
        assertEquals(2, refused.exitCode());
        assertEquals(line, refused.getMessage().replace(directory + "/", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mailto:ops@panocrypt.dev",
                "https://local.panocrypt.dev/",
                "mailto:local@example.org?subject=a@b.test",
                "https://192.0.2.1"
            })
    void takesASubjectThatOthersCanReach(String subject) {
        set("--push-subject", subject);
    }

    static Stream<String> oddValues() {
        return Stream.of(
                "",
                " ",
                "@",
                "a@",
                "@b",
                "a b@c",
                "Pano <pano@example.org>",
                "a@b@c",
                "p%zz@b",
                "p{|}^`#?@b",
                "a@b\nc",
                "ä@b",
                "a@münchen.example",
                "://",
                "mailto:",
                "mailto:a b",
                "smtps://",
                "smtps:///",
                "smtps://[::1",
                "smtps://[::1]:x",
                "smtps://h:99999",
                "smtps://h:-1",
                "smtps://@h",
                "smtps://:@h",
                "smtp+plain://a@h",
                "smtps://a_b",
                "SMTPS://h",
                "https://",
                "https:x",
                "http://h/ ",
                "https://h/?a",
                "=",
                "h=",
                "=f",
                "h=\0",
                ",",
                "1.2.3.4/33",
                "::/129",
                "\u202e",
                "x".repeat(10_000));
    }

    /** An odd value of one option, alone and beside right ones of the others, is taken or refused in that option's name. */
    @ParameterizedTest
    @MethodSource("oddValues")
    void isNeverAFaultOfTheProgram(String value) {
        for (String option : List.of(
                "--admin-url",
                "--notify-allow",
                "--ntfy-token",
                "--smtp",
                "--smtp-password-file",
                "--mail-from",
                "--mail-hello",
                "--push-subject")) {
            assertTakenOrNamed(option, Map.of(), value);
            assertTakenOrNamed(
                    option,
                    Map.of(
                            "--smtp",
                            "smtps://mail.example",
                            "--mail-from",
                            "p@mail.example",
                            "--mail-hello",
                            "m.example"),
                    value);
        }
    }

    private static void assertTakenOrNamed(String option, Map<String, String> others, String value) {
        Map<String, String> typed = new TreeMap<>(others);
        typed.put(option, value);
        try {
            set(typed.entrySet().stream()
                    .flatMap(one -> Stream.of(one.getKey(), one.getValue()))
                    .toArray(String[]::new));
        } catch (StartupException e) {
            assertTrue(e.getMessage().startsWith(option), typed + ": " + e.getMessage());
            assertEquals(2, e.exitCode());
        } catch (ParameterException e) {
            assertTrue(e.getMessage().contains("'" + option + "'"), typed + ": " + e.getMessage());
        }
    }

    @Test
    void endsTheServerWithTheHelpOfItsCommand() {
        PrintStream usual = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            Path data = directory.resolve("data");
            assertEquals(2, Main.execute("serve", "--data", data.toString(), "--mail-from", "Pano <pano@example.org>"));
            assertFalse(Files.exists(data));
        } finally {
            System.setErr(usual);
        }
        assertEquals(
                List.of(
                        "panocrypt: --mail-from must be one address, LOCAL@DOMAIN in ASCII, without a name before it",
                        "see 'panocrypt serve --help'"),
                told.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
