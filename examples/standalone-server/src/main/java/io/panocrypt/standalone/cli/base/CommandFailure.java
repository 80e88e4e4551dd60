package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A failed command: the lines for the operator, and the exit code. */
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int REFUSED = 1;
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 3;
    private static final int NOT_INTACT = 4;

    private final int exitCode;
    private final transient List<String> lines;
    private final transient JsonNode problem;

    /** The start of a line that quotes a problem from the server. */
    public static final String PROBLEM = "  ";

    private CommandFailure(int exitCode, List<String> lines, JsonNode problem) {
        super(String.join("; ", lines));
        this.exitCode = exitCode;
        this.lines = List.copyOf(lines);
        this.problem = problem;
    }

    private CommandFailure(int exitCode, String line) {
        this(exitCode, List.of(line), problem(line));
    }

    private static ObjectNode problem(String title) {
        ObjectNode problem = ApiClient.object().put("title", title);
        problem.putArray("problems");
        return problem;
    }

    /**
     * The server refused.
     *
     * @param body RFC 9457 section 3, with our member {@code problems}
     */
    public static CommandFailure refused(int status, JsonNode body) {
        String title = body.path("title").asText("HTTP " + status);
        List<String> lines = new ArrayList<>();
        lines.add("refused: " + title + " (" + status + ")");
        body.path("problems").forEach(problem -> lines.add(PROBLEM + problem.asText()));
        return new CommandFailure(REFUSED, lines, body);
    }

    /** The named object does not exist or is ambiguous. */
    public static CommandFailure refused(String line) {
        return new CommandFailure(REFUSED, line);
    }

    /** The command was typed wrongly, or its files do not exist. */
    public static CommandFailure usage(String line) {
        return new CommandFailure(USAGE, line);
    }

    /** Nothing answered, or not a Panocrypt server. */
    public static CommandFailure unreachable(String line) {
        return new CommandFailure(UNREACHABLE, line);
    }

    /** The history was checked and is not intact. */
    public static CommandFailure notIntact(String line) {
        return new CommandFailure(NOT_INTACT, line);
    }

    /** Whether the server refused this object; the same command may succeed for another device. */
    public boolean isRefusal() {
        return exitCode == REFUSED;
    }

    /** Whether the input is wrong, according to the command or the server, rather than the operation failing. */
    public boolean isWrongInput() {
        return exitCode == USAGE
                || problem.path("status").asInt() == 400
                        && !problem.path("problems").isEmpty();
    }

    /** Whether the server refused the token. */
    boolean isUnauthenticated() {
        return problem.path("status").asInt() == 401;
    }

    public int exitCode() {
        return exitCode;
    }

    public List<String> lines() {
        return lines;
    }

    /** The failure as JSON: the server's answer, or {@code title} and {@code problems}. */
    public JsonNode problem() {
        return problem;
    }
}
