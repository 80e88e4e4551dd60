package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.ServerCommand;

/** The outcome of a test notice. */
final class TestResult {
    /** The last sentence of the description of a test command. */
    static final String EXIT = "Exits with 1 unless it is delivered.";

    /** The member that a test's answer has. */
    static final String MEMBER = "result";

    private TestResult() {}

    /** @throws CommandFailure unless the notice was delivered, so scripts notice the failure */
    static void print(ServerCommand command, ApiAnswer answer) throws CommandFailure {
        String result = answer.text(MEMBER);
        command.print(
                answer,
                told -> new Facts().row(result, cell(told.path("cause"))).print(command.out()));
        if (!result.equals("delivered")) {
            throw CommandFailure.refused("the test was not delivered");
        }
    }
}
