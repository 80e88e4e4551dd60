package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.standalone.common.StartupException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Any wrong usage gives one line without Java names, then a line that names the help. */
class WrongUsageTest {
    private static final String WRONG = "\u0000 :not-this";

    /** Created once: it is large, and each run resets all options. */
    private static final CommandLine COMMANDS = Main.command(new String[0], Map.of());

    private static List<String> errorLines(String... arguments) {
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        COMMANDS.setErr(new PrintWriter(err)).setOut(new PrintWriter(out));
        assertEquals(2, COMMANDS.execute(arguments), err.toString());
        assertEquals("", out.toString());
        return err.toString().lines().toList();
    }

    private static void assertTwoLines(String command, List<String> told) {
        assertAll(
                () -> assertEquals(2, told.size(), told.toString()),
                () -> assertEquals("see '" + command + " --help'", told.get(1)),
                () -> assertFalse(
                        told.get(0).matches("(?s).*(java|picocli|Exception|Could not convert|\\bint\\b).*"),
                        told.toString()));
    }

    private static void addLeaves(CommandLine command, List<CommandLine> leaves) {
        if (command.getSubcommands().isEmpty()) {
            leaves.add(command);
        }
        command.getSubcommands().values().forEach(sub -> addLeaves(sub, leaves));
    }

    /** Help is for commands that exist. */
    @ParameterizedTest
    @CsvSource({
        "nonsense --help, panocrypt",
        "device cancel --help, panocrypt device",
        "device cancel web1 -h, panocrypt device"
    })
    void anUnknownCommandBeforeHelp(String typed, String command) {
        assertTwoLines(command, errorLines(typed.split(" ")));
    }

    /** All options whose values are not plain text. */
    @TestFactory
    Stream<DynamicTest> aWrongValueOfEveryOption() {
        List<CommandLine> leaves = new ArrayList<>();
        addLeaves(COMMANDS, leaves);
        assertTrue(leaves.size() > 50, "commands are missing");
        return leaves.stream()
                .flatMap(leaf -> leaf.getCommandSpec().options().stream()
                        .filter(option -> option.arity().max() > 0 && option.auxiliaryTypes()[0] != String.class)
                        .filter(option -> !option.longestName().equals("--config"))
                        .map(option -> DynamicTest.dynamicTest(
                                leaf.getCommandSpec().qualifiedName() + " " + option.longestName(),
                                () -> assertRefused(leaf, option))));
    }

    private static void assertRefused(CommandLine leaf, OptionSpec option) {
        String name = leaf.getCommandSpec().qualifiedName();
        List<String> typed = new ArrayList<>(List.of(name.split(" ")).subList(1, name.split(" ").length));
        typed.add(option.longestName());
        typed.add(WRONG);
        List<String> told = errorLines(typed.toArray(String[]::new));
        assertTwoLines(name, told);
        assertTrue(told.get(0).contains(option.longestName()), told.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "device add web1 --volumes many | device add | '--volumes': 'many' is not a whole number",
                "device add web1 --volumes 99999999999 | device add | is not a whole number up to",
                "serve --peer-requests x | serve | 'x' is not a whole number",
                "serve --approval-window soon | serve | 'soon' is not a duration",
                "serve --public-url http://[ | serve | is not a URL",
                "serve --schema sideways | serve | sideways",
                "device revoke web1 | device revoke | --confirm",
                "device add web1 --tags a | device add | did you mean --tag?",
                "device add web1 web2 | device add | 'web2'",
                "device add | device add | NAME",
                "device frobnicate | device | frobnicate",
                "frobnicate | \"\" | 'frobnicate' is no command of 'panocrypt': one of serve, demo,",
                "device shwo | device | 'shwo' is no command of 'panocrypt device': one of add, list,",
                "device --shwo | device | Unknown option: '--shwo'",
            })
    void isToldInOneLine(String typed, String command, String part) {
        List<String> told = errorLines(typed.split(" "));
        assertTwoLines(("panocrypt " + command).strip(), told);
        assertTrue(told.get(0).contains(part), told.toString());
    }

    /** The file is read before the options. */
    @ParameterizedTest
    @ValueSource(strings = {"no-such-file", "/", "\u0000"})
    void aConfigFileThatCannotBeRead(String file) {
        StartupException refused = assertThrows(
                StartupException.class, () -> Main.command(new String[] {"serve", "--config", file}, Map.of()));
        assertEquals(2, refused.exitCode());
        assertFalse(refused.getMessage().contains("java."), refused.getMessage());
    }

    @Test
    void namesWhatACommandMayGoOnWith() {
        List<String> told = errorLines("history");
        assertTwoLines("panocrypt history", told);
        assertTrue(told.get(0).endsWith(": one of list, export, verify"), told.toString());
    }
}
