package io.panocrypt.benchmarks.load.report;

/** The measured servers. */
public enum Subject {
    /** Our server with its defaults: one durable journal entry before each answer. */
    SQLITE("sqlite"),
    /** Our server on PostgreSQL. */
    POSTGRESQL("postgresql"),
    /** Our server over a Tang key directory, without devices and history: only HTTP and the multiplication remain. */
    NO_STORE("no-store"),
    /** Debian's tangd behind socket activation, one process per connection. */
    TANGD("tangd"),
    /** Debian's tangd with its own listener, which forks a process for each connection. */
    TANGD_ALONE("tangd-alone");

    private final String title;

    Subject(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
