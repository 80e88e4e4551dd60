package io.panocrypt.standalone;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: prints a script for shell completion. */
@Command(
        name = "completion",
        description = {
            "Print a script with which a shell completes commands and options.",
            "For now: source <(panocrypt completion bash)"
        })
final class CompletionCommand implements Runnable {
    /** The supported shells. */
    enum Shell {
        bash,
        zsh
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell = Shell.bash;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /**
     * The function that tests whether a command was typed. As generated it confuses {@code list list} with
     * {@code list}.
     */
    private static final String UNORDERED = "CompWordsContainsArray";

    private static final String IN_ORDER = "_panocrypt_typed";
    private static final String IN_ORDER_FUNCTION = """

            # Commands come first and in this order; the word that is being typed is none yet.
            function _panocrypt_typed() {
              local at=1
              local word
              for word in "$@"; do
                if [[ "$at" -ge "$COMP_CWORD" || "${COMP_WORDS[at]}" != "$word" ]]; then return 1; fi
                at=$((at + 1))
              done
              return 0
            }
            """;

    /** Prints a bash script. In zsh the script itself loads zsh's emulation of bash completion. */
    @Override
    public void run() {
        String name = spec.root().name();
        String script = AutoComplete.bash(name, spec.root().commandLine());
        spec.commandLine().getOut().print(script.replace(UNORDERED, IN_ORDER) + IN_ORDER_FUNCTION);
        spec.commandLine().getOut().flush();
    }
}
