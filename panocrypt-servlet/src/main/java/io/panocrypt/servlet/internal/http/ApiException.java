package io.panocrypt.servlet.internal.http;

/** Ends a call of the REST interface with an HTTP error that is not a policy decision. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String problem;

    public ApiException(int status, String problem) {
        super(problem);
        this.status = status;
        this.problem = problem;
    }

    public int status() {
        return status;
    }

    String problem() {
        return problem;
    }
}
