package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts under a real shell, with a stand-in for clevis that writes down what it is told. */
class BindScriptTest {
    private static final String ADVERTISEMENT = "{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"AA\"}";

    @TempDir
    Path directory;

    private static BindScript script(String url, String... warnings) {
        return new BindScript("web-1", url, "thp", ADVERTISEMENT, List.of(warnings));
    }

    /** What the program printed, both streams, and the calls of clevis that it made, one argument a line. */
    private record Ran(int exit, String said, List<String> calls) {}

    private Ran run(String script, Map<String, String> environment, String... volumes) throws Exception {
        Path calls = directory.resolve("calls");
        Files.deleteIfExists(calls);
        Path clevis = directory.resolve("clevis");
        Files.writeString(
                clevis,
                "#!/bin/sh\nif [ \"$2\" = list ]; then cat \"$4.bound\" 2>/dev/null; exit 0; fi\n"
                        + "printf '%s\\n' \"$@\" >> '" + calls + "'\nexit ${FAULT:-0}\n");
        Files.setPosixFilePermissions(clevis, PosixFilePermissions.fromString("rwx------"));
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
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Ran(process.exitValue(), said, Files.exists(calls) ? Files.readAllLines(calls) : List.of());
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
        assertEquals("warning: " + warning + "\n", ran.said());
        assertFalse(Files.exists(directory.resolve("pwned")));
    }

    @Test
    void bindsEachVolumeWithThePassphraseFile() throws Exception {
        Ran ran = run(script("http://h/u/t").shell(), Map.of("PANOCRYPT_PASSPHRASE_FILE", "/root/my pass"), "v1", "v2");
        List<String> expected = new ArrayList<>();
        for (String volume : List.of("v1", "v2")) {
            expected.addAll(
                    List.of("luks", "bind", "-f", "-k", "/root/my pass", "-d", volume, "tang", config("http://h/u/t")));
        }
        assertEquals(expected, ran.calls());
    }

    @Test
    void leavesVolumeAloneThatIsBoundAlready() throws Exception {
        Files.writeString(directory.resolve("v1.bound"), "1: tang '{\"url\":\"http://h/u/t\"}'\n");
        Files.writeString(directory.resolve("v2.bound"), "1: tang '{\"url\":\"http://h/u/other\"}'\n");
        Ran ran = run(script("http://h/u/t").shell(), Map.of(), "v1", "v2");
        assertEquals("v1 is bound already\n", ran.said());
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
        Files.writeString(directory.resolve("blkid"), "#!/bin/sh\necho /dev/vda2\n");
        Files.setPosixFilePermissions(directory.resolve("blkid"), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(directory.resolve("dracut"), "#!/bin/sh\necho \"dracut $*\"\n");
        Files.setPosixFilePermissions(directory.resolve("dracut"), PosixFilePermissions.fromString("rwx------"));

        String elsewhere = body.replace("/usr/local/sbin/panocrypt-bind", target.toString());
        Ran ran = run(elsewhere, Map.of());

        assertEquals(0, ran.exit(), ran.said());
        assertEquals(script.shell(), Files.readString(target));
        assertEquals("warning: Debian 12's\ndracut -f --regenerate-all\n", ran.said());
        assertEquals(
                List.of(
                        "luks",
                        "bind",
                        "-f",
                        "-k",
                        "/root/luks-passphrase",
                        "-d",
                        "/dev/vda2",
                        "tang",
                        config("http://h/u/t")),
                ran.calls());
        assertEquals(3, run(elsewhere, Map.of("FAULT", "3")).exit(), "and the installation fails with it");
    }
}
