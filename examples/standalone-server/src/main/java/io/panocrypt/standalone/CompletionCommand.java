package io.panocrypt.standalone;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: what a shell must know to complete the words of this command. */
@Command(
        name = "completion",
        description = {
            "Print a script with which a shell completes commands and options.",
            "For now: source <(panocrypt completion bash)"
        })
final class CompletionCommand implements Runnable {
    /** The shells that have a completion. */
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

    /** The generated test of whether a command was typed: it finds the words of {@code list list} in {@code list}. */
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

    /** The script is bash's; it loads zsh's emulation of bash's completion itself where zsh reads it. */
    @Override
    public void run() {
        String name = spec.root().name();
        String script = AutoComplete.bash(name, spec.root().commandLine());
        spec.commandLine().getOut().print(script.replace(UNORDERED, IN_ORDER) + IN_ORDER_FUNCTION);
        spec.commandLine().getOut().flush();
    }
}
