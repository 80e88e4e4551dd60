package io.panocrypt.servlet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A call of the REST interface that ends with an error of HTTP, not of policy. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient List<String> problems;
    private final transient ObjectNode members;

    ApiException(int status, String problem) {
        this(status, List.of(problem), ApiJson.object());
    }

    /** An error whose answer has further members. */
    ApiException(int status, List<String> problems, ObjectNode members) {
        super(String.join("; ", problems));
        this.status = status;
        this.problems = List.copyOf(problems);
        this.members = members;
    }

    int status() {
        return status;
    }

    List<String> problems() {
        return problems;
    }

    ObjectNode members() {
        return members;
    }
}
