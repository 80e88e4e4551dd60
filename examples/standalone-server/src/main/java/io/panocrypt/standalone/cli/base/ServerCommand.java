package io.panocrypt.standalone.cli.base;

import java.util.List;
import picocli.CommandLine.Mixin;

/** A command that calls a server's REST interface for an operator. */
public abstract class ServerCommand extends PrintingCommand {
    @Mixin
    private ServerOptions server = new ServerOptions();

    /** Calls the server; overridden by commands that can do without one. */
    @Override
    protected void act() throws CommandFailure {
        ask(new ApiClient(server.address(), server.token(), server.tls(parsed())));
    }

    /** Whether nobody on the network can read what is sent to the server. */
    protected final boolean isConfidential() throws CommandFailure {
        return server.isConfidential();
    }

    protected abstract void ask(ApiClient api) throws CommandFailure;

    @Override
    protected final List<String> remedies(CommandFailure failure) {
        return failure.isUnauthenticated() ? server.tokenRemedies(parsed()) : List.of();
    }

    @Override
    public final boolean printsJson() {
        return server.json();
    }
}
