package io.panocrypt.console.internal.web;

import java.util.Arrays;
import java.util.List;

/** A request that is answered with an error page. The text is one of the console's own, named by its key. */
public final class ConsoleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String key;
    private final transient List<String> arguments;

    /** @param key the text's key, without {@code error.} */
    public ConsoleException(int status, String key, String... arguments) {
        super(key);
        this.status = status;
        this.key = key;
        this.arguments = Arrays.asList(arguments);
    }

    public int status() {
        return status;
    }

    public String key() {
        return key;
    }

    public List<String> arguments() {
        return arguments;
    }
}
