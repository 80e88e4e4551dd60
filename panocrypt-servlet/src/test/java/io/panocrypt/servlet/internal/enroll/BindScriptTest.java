package io.panocrypt.servlet.internal.enroll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.servlet.ApiServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the scripts in a real shell, with a fake clevis that records its arguments. */
class BindScriptTest {
    private static final String ADVERTISEMENT = "{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"AA\"}";

    @TempDir
    Path directory;

    private static BindScript script(String url, String... warnings) {
        return new BindScript("web-1", url, "thp", ADVERTISEMENT, List.of(warnings));
    }

    /** The output of the program, both streams, and the calls of clevis that it made, one argument a line. */
    private record Ran(int exit, String said, List<String> calls) {}

    /**
     * Runs a script with fakes: {@code VOLUME.passphrase} holds what opens that volume, and both programs accept
     * nothing else; clevis reads its standard input up to the end of the line, as the real one does.
     */
    private Ran run(String script, Map<String, String> environment, String... volumes) throws Exception {
        Path calls = directory.resolve("calls");
        Files.deleteIfExists(calls);
        program(
                "clevis",
                "if [ \"$2\" = list ]; then cat \"$4.bound\" 2>/dev/null; exit 0; fi\n"
                        + "printf '%s\\n' \"$@\" >> '" + calls + "'\n"
                        + "if [ \"$4\" = -k ] && [ \"$5\" = - ]; then IFS= read -r line; printf '%s' \"$line\" > \"$7.used\"; fi\n"
                        + "if [ \"$4\" = -k ] && [ \"$5\" != - ]; then cat \"$5\" > \"$7.used\"; fi\n"
                        + "case \"$*\" in *\" -d ${FAULT:-none} tang \"*) exit 3;; esac\n");
        program(
                "cryptsetup",
                "[ \"$1 $2 $3 $4\" = 'open --test-passphrase --key-file -' ] && exec cmp -s - \"$5.passphrase\"\nexit 9\n");
        List<String> command = new ArrayList<>(List.of(
                "sh", Files.writeString(directory.resolve("bind"), script).toString()));
        command.addAll(List.of(volumes));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile());
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(ApiServer.MAX_WAIT.toSeconds(), TimeUnit.SECONDS));
        return new Ran(process.exitValue(), said, Files.exists(calls) ? Files.readAllLines(calls) : List.of());
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static List<String> bindByFile(String key, String volume) {
        return List.of("luks", "bind", "-f", "-k", key, "-d", volume, "tang", config("http://h/u/t"));
    }

    private static String config(String url) {
        return "{\"url\":\"" + url + "\",\"thp\":\"thp\",\"adv\":" + ADVERTISEMENT + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://192.0.2.1/u/t",
                "http://h/$(touch pwned)/`touch pwned`;touch pwned&touch pwned|touch pwned",
                "http://h/'$(touch pwned)'",
                "http://h/%s%n${HOME}!#~*?[a]"
            })
    void handsEveryValueOnAsItIs(String url) throws Exception {
        Ran ran = run(script(url).shell(), Map.of(), "/dev/my disk");
        assertEquals(0, ran.exit(), ran.said());
        assertEquals(List.of("luks", "bind", "-f", "-d", "/dev/my disk", "tang", config(url)), ran.calls());
        assertFalse(Files.exists(directory.resolve("pwned")));
    }

    @Test
    void saysItsWarningsAndRunsNoneOfThem() throws Exception {
        String warning = "Debian 12's initramfs $(touch pwned) `touch pwned` \"quoted\"";
        Ran ran = run(script("http://h/u/t", warning).shell(), Map.of(), "v");
        assertEquals("warning: " + warning + "\nv is bound\n", ran.said());
        assertFalse(Files.exists(directory.resolve("pwned")));
    }

    @ParameterizedTest
    @CsvSource({
        "'secret', 'secret'",
        "'secret\n', 'secret'",
        "'secret\r\n', 'secret'",
        "'secret\n', 'secret\n'",
        "'secret\r\n', 'secret\r'",
        "'  \\se\"cr''et $(touch pwned) `touch pwned` %s -\n', '  \\se\"cr''et $(touch pwned) `touch pwned` %s -'",
        "'-n\n', '-n'",
        "'two\nlines\n', 'two\nlines\n'",
        "'secret\n\n', 'secret'"
    })
    void opensWithThePassphraseFileAsItIsOrAsItsLineWasTyped(String content, String passphrase) throws Exception {
        Path file = Files.writeString(directory.resolve("my pass"), content);
        for (String volume : List.of("v 1", "v2")) {
            Files.writeString(directory.resolve(volume + ".passphrase"), passphrase);
        }
        Ran ran =
                run(script("http://h/u/t").shell(), Map.of("PANOCRYPT_PASSPHRASE_FILE", file.toString()), "v 1", "v2");
        assertEquals(0, ran.exit(), ran.said());
        String key = content.equals(passphrase) ? file.toString() : "-";
        List<String> expected = new ArrayList<>(bindByFile(key, "v 1"));
        expected.addAll(bindByFile(key, "v2"));
        assertEquals(expected, ran.calls());
        assertEquals(passphrase, Files.readString(directory.resolve("v 1.used")));
        assertEquals("v 1 is bound\nv2 is bound\n", ran.said());
        assertFalse(Files.exists(directory.resolve("pwned")));
    }

    @Test
    void goesOnAfterVolumesThatCannotBeBoundAndFailsAtTheEnd() throws Exception {
        Path file = Files.writeString(directory.resolve("-pass"), "secret\n");
        for (String volume : List.of("full", "-dash", "last")) {
            Files.writeString(directory.resolve(volume + ".passphrase"), "secret");
        }
        Files.writeString(directory.resolve("other.passphrase"), "another");
        Ran ran = run(
                script("http://h/u/t").shell(),
                Map.of("PANOCRYPT_PASSPHRASE_FILE", "-pass", "FAULT", "full"),
                "other",
                "full",
                "-dash",
                "no\\nvolume",
                "last");
        assertEquals(1, ran.exit(), ran.said());
        assertEquals(
                "other: it is no LUKS volume, or the passphrase in ./-pass does not open it\nother is NOT bound\n"
                        + "full is NOT bound\n./-dash is bound\n"
                        + "no\\nvolume: it is no LUKS volume, or the passphrase in ./-pass does not open it\n"
                        + "no\\nvolume is NOT bound\nlast is bound\n"
                        + "3 of 5 volumes are not bound; run this again for them; it skips the others\n",
                ran.said());
        List<String> expected = new ArrayList<>(bindByFile("-", "full"));
        expected.addAll(bindByFile("-", "./-dash"));
        expected.addAll(bindByFile("-", "last"));
        assertEquals(expected, ran.calls());
        assertEquals("secret\n", Files.readString(file));
    }

    @Test
    void goesOnAfterPassphraseThatWasTypedWrongly() throws Exception {
        Ran ran = run(script("http://h/u/t").shell(), Map.of("FAULT", "v1"), "v1", "v2");
        assertEquals(1, ran.exit(), ran.said());
        assertTrue(ran.said().startsWith("v1 is NOT bound\nv2 is bound\n1 of 2 volumes"), ran.said());
    }

    @Test
    void saysThatItCannotReadThePassphraseFile() throws Exception {
        Ran ran = run(script("http://h/u/t").shell(), Map.of("PANOCRYPT_PASSPHRASE_FILE", "none"), "v1");
        assertEquals(1, ran.exit());
        assertEquals("cannot read the passphrase file none\n", ran.said());
        assertEquals(List.of(), ran.calls());
    }

    @Test
    void leavesVolumeAloneThatIsBoundAlready() throws Exception {
        Files.writeString(directory.resolve("v1.bound"), "1: tang '{\"url\":\"http://h/u/t\"}'\n");
        Files.writeString(directory.resolve("v2.bound"), "1: tang '{\"url\":\"http://h/u/other\"}'\n");
        Ran ran = run(script("http://h/u/t").shell(), Map.of(), "v1", "v2");
        assertEquals("v1 is bound already\nv2 is bound\n", ran.said());
        assertEquals(List.of("luks", "bind", "-f", "-d", "v2", "tang", config("http://h/u/t")), ran.calls());
    }

    @Test
    void bindsNothingThatIsNotNamed() throws Exception {
        Ran ran = run(script("http://h/u/t").shell(), Map.of());
        assertEquals(2, ran.exit());
        assertTrue(ran.said().startsWith("usage: "), ran.said());
        assertEquals(List.of(), ran.calls());
    }

    @Test
    void standsWholeInTheCloudConfig() {
        BindScript script = script("http://h/u/t", "Debian 12's");
        List<String> lines = script.cloudConfig().lines().toList();
        int from = lines.indexOf("    content: |");
        int to = lines.indexOf("runcmd:");
        assertEquals("#cloud-config", lines.get(0));
        StringBuilder embedded = new StringBuilder();
        for (String line : lines.subList(from + 1, to)) {
            assertTrue(line.startsWith("      "), line);
            embedded.append(line.substring(6)).append('\n');
        }
        assertEquals(script.shell(), embedded.toString());
    }

    @Test
    void isWrittenWholeByTheKickstartSection() throws Exception {
        BindScript script = script("http://h/u/t", "Debian 12's");
        String section = script.kickstart();
        assertTrue(section.endsWith("%end\n"));
        String body = section.substring(section.indexOf("%post --erroronfail\n") + 20, section.length() - 5);
        Path target = directory.resolve("panocrypt-bind");
        program("dracut", "echo \"dracut $*\"\n");

        Path passphrase = Files.writeString(directory.resolve("passphrase"), "secret");
        Path volume = Files.writeString(directory.resolve("vda2"), "");
        Files.writeString(directory.resolve("vda2.passphrase"), "secret");
        program("blkid", "echo " + volume + "\n");
        String elsewhere = body.replace("/usr/local/sbin/panocrypt-bind", target.toString())
                .replace("/root/luks-passphrase", passphrase.toString());
        Ran ran = run(elsewhere, Map.of());

        assertEquals(0, ran.exit(), ran.said());
        assertEquals(script.shell(), Files.readString(target));
        assertEquals("warning: Debian 12's\n" + volume + " is bound\ndracut -f --regenerate-all\n", ran.said());
        assertEquals(bindByFile(passphrase.toString(), volume.toString()), ran.calls());

        Ran failed = run(elsewhere, Map.of("FAULT", volume.toString()));
        assertEquals(1, failed.exit(), "and the installation fails with it");
        assertTrue(failed.said().endsWith("dracut -f --regenerate-all\n"), "others may be bound: " + failed.said());
    }
}
