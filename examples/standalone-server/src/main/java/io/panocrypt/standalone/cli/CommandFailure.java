package io.panocrypt.standalone.cli;

import java.util.List;

/** A command that could not be done: what to tell the operator, and the exit code. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int REFUSED = 1;
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 3;

    private final int exitCode;
    private final transient List<String> lines;

    private CommandFailure(int exitCode, List<String> lines) {
        super(String.join("; ", lines));
        this.exitCode = exitCode;
        this.lines = List.copyOf(lines);
    }

    /** The server answered, and the answer is no. */
    static CommandFailure refused(List<String> lines) {
        return new CommandFailure(REFUSED, lines);
    }

    /** The server answered, and the answer is no. */
    static CommandFailure refused(String line) {
        return refused(List.of(line));
    }

    /** The command was not typed as it should be, or its files are not there. */
    static CommandFailure usage(String line) {
        return new CommandFailure(USAGE, List.of(line));
    }

    /** Nothing answered, or something that is not a Panocrypt server. */
    static CommandFailure unreachable(String line) {
        return new CommandFailure(UNREACHABLE, List.of(line));
    }

    int exitCode() {
        return exitCode;
    }

    List<String> lines() {
        return lines;
    }
}
