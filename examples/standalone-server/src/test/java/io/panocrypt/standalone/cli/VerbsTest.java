package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The same verb for the same act on all objects. */
class VerbsTest {
    private static CommandLine root() {
        CommandLine root = new CommandLine(new CliFixture.Root());
        OperatorCommands.addTo(root);
        return root;
    }

    /** A master key is no object of the server: it is created in a file. */
    private static void addVerbs(CommandLine command, Set<String> verbs) {
        command.getSubcommands().forEach((name, sub) -> {
            if (!name.equals("master-key")
                    && !sub.getCommandSpec().usageMessage().hidden()) {
                verbs.add(name);
                addVerbs(sub, verbs);
            }
        });
    }

    @Test
    void areAddEditAndRemoveForObjects() {
        Set<String> verbs = new TreeSet<>();
        addVerbs(root(), verbs);
        assertTrue(verbs.containsAll(Set.of("add", "list", "show", "edit", "remove")), verbs.toString());
        verbs.retainAll(Set.of("delete", "del", "rm", "new", "create", "make", "update", "change", "set", "get", "ls"));
        assertEquals(Set.of(), verbs);
    }

    /** A revoked object never comes back, so only devices may be revoked. */
    @Test
    void revokeOnlyWhatCannotBeMadeAgain() {
        List<String> revoking = new ArrayList<>();
        root().getSubcommands().forEach((name, group) -> {
            CommandLine revoke = group.getSubcommands().get("revoke");
            if (revoke != null && !revoke.getCommandSpec().usageMessage().hidden()) {
                revoking.add(name);
            }
        });
        assertEquals(List.of("device"), revoking);
    }

    @ParameterizedTest
    @CsvSource({"list, delete", "key, revoke"})
    void areNotShownWhereTheyAreOld(String group, String old) {
        CommandLine command = root().getSubcommands().get(group);
        assertTrue(command.getSubcommands().containsKey(old), "scripts have it");
        String help = command.getUsageMessage();
        assertFalse(help.matches("(?s).*\\b" + old + "\\b.*"), help);
        assertTrue(help.contains("remove"), help);
    }
}
