package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The completions that a shell offers. */
@RequiresTools("bash")
class CompletionTest {
    @TempDir
    Path folder = Path.of("");

    private static String script(String shell) {
        StringWriter out = new StringWriter();
        CommandLine command = Main.command(new String[0], Map.of());
        command.setOut(new PrintWriter(out));
        assertEquals(0, command.execute("completion", shell));
        return out.toString();
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("completion"), script("bash"));
    }

    /** Runs the function in bash with the words that readline would pass. */
    private List<String> offered(String typed) {
        List<String> words = Arrays.asList(typed.split(" ", -1));
        String quoted =
                String.join(" ", words.stream().map(word -> "'" + word + "'").toList());
        String command =
                ". " + folder.resolve("completion") + "; COMP_WORDS=(" + quoted + "); COMP_CWORD=" + (words.size() - 1)
                        + "; COMP_LINE='" + typed + "'; _complete_panocrypt; printf '%s\\n' \"${COMPREPLY[@]}\"";
        String out = Tool.run(new byte[0], List.of("bash", "-c", command)).ok().text();
        return out.lines().map(String::strip).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "panocrypt dev, device",
        "panocrypt device dis, disable",
        "panocrypt device edit web1 --add-t, --add-tag",
        "panocrypt list rem, remove",
        "panocrypt list list --j, --json",
        "panocrypt list edit list --no-c, --no-cidrs",
        "panocrypt serve --admin-l, --admin-listen",
        "panocrypt completion z, zsh"
    })
    void completesCommandsAndOptions(String typed, String offered) {
        assertEquals(List.of(offered), offered(typed));
    }

    @ParameterizedTest
    @CsvSource({
        "member add x --role, admin approver viewer",
        "member edit x --role, admin approver viewer",
        "device list --state, active disabled pending revoked",
        "request list --state, all approved collected denied expired pending",
        "device allow web1 --skip, approval disabled rule source temporary-deny",
        "device add web1 --curve, P-256 P-384 P-521",
        "serve --schema, CREATE NONE VALIDATE"
    })
    void completesFixedValues(String option, String values) {
        assertEquals(
                List.of(values.split(" ")),
                offered("panocrypt " + option + " ").stream().sorted().toList());
    }

    @Test
    void completesTheNamesOfEvents() {
        assertEquals(
                List.of("request.approved"), offered("panocrypt webhook add https://hook.example --event request.a"));
    }

    /** Fails if the generator renames the function: the replacement would then have no effect. */
    @Test
    void replacesAFunctionThatThereIs() {
        assertFalse(script("bash").contains("CompWordsContainsArray"));
        assertEquals(2, script("bash").split("function _panocrypt_typed\\(\\)", -1).length - 1);
    }

    @Test
    void doesNotOfferOldWords() {
        assertFalse(offered("panocrypt list ").contains("delete"));
        assertTrue(offered("panocrypt list ").contains("remove"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void loadsWhatZshNeedsBeforeItUsesIt(String shell) {
        String script = script(shell);
        assertTrue(script.indexOf("bashcompinit") > 0, "zsh needs it");
        assertTrue(script.indexOf("bashcompinit") < script.lastIndexOf("complete -F"), "zsh needs it first");
    }
}
