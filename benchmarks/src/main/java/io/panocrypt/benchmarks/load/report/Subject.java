package io.panocrypt.benchmarks.load.report;

/** Who is measured. */
public enum Subject {
    /** Our server as it is started by default: one durable row of history before each answer. */
    SQLITE("sqlite"),
    /** The same on PostgreSQL. */
    POSTGRESQL("postgresql"),
    /** Our server over a Tang key directory: no device, no history, so what remains is HTTP and the multiplication. */
    NO_STORE("no-store"),
    /** Debian's tangd behind socket activation, a process for each connection. */
    TANGD("tangd"),
    /** Debian's tangd as one process that listens by itself. */
    TANGD_ALONE("tangd-alone");

    private final String title;

    Subject(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
