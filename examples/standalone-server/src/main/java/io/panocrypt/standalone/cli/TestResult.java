package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.ServerCommand;

/** What became of a notice that was sent as a test. */
final class TestResult {
    /** The end of each such command's description. */
    static final String EXIT = "Exits with 1 unless it is delivered.";

    private TestResult() {}

    /** @throws CommandFailure unless it was delivered: a script must not take it for well */
    static void print(ServerCommand command, ApiAnswer answer) throws CommandFailure {
        String result = answer.text("result");
        command.print(
                answer,
                told -> new Facts().row(result, cell(told.path("cause"))).print(command.out()));
        if (!result.equals("delivered")) {
            throw CommandFailure.refused("the test was not delivered");
        }
    }
}
